using System.Globalization;
using System.Text.Json;

namespace ProcInterrupt.Cli.Session;

/// <summary>A run of a session that has not been reported as completed: the client's number beside the library's run.</summary>
internal sealed class SessionRun
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, JsonElement?> requests = [];
    private readonly LinkedList<InputRequestEvent> inputs = [];
    private int requestCount;

    public SessionRun(long number, Run run)
    {
        Number = number;
        Run = run;
    }

    /// <summary>The client's own number.</summary>
    public long Number { get; }

    /// <summary>The library's run.</summary>
    public Run Run { get; }

    /// <summary>Over when all of the run's events have been written.</summary>
    public Task Followed { get; set; } = Task.CompletedTask;

    /// <summary>Remembers a request to interrupt until its receipt has been written.</summary>
    /// <param name="id">The client's id of it.</param>
    /// <returns>The id to give to the library: ids of clients may be missing or the same.</returns>
    public string AddRequest(JsonElement? id)
    {
        lock (gate)
        {
            var key = (++requestCount).ToString(CultureInfo.InvariantCulture);
            requests.Add(key, id);
            return key;
        }
    }

    /// <summary>Takes a request whose receipt is to be written.</summary>
    /// <returns><see langword="false"/> when it was taken before, or was not the client's.</returns>
    public bool TryTakeRequest(string? key, out JsonElement? id)
    {
        lock (gate)
        {
            id = null;
            return key is not null && requests.Remove(key, out id);
        }
    }

    /// <summary>Remembers an input request until it is answered.</summary>
    public void AddInput(InputRequestEvent request)
    {
        lock (gate)
        {
            inputs.AddLast(request);
        }
    }

    /// <summary>Answers the oldest open input request.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    /// <exception cref="ArgumentException">The text is too long; the request stays open.</exception>
    public bool TryAnswer(string? text)
    {
        lock (gate)
        {
            while (inputs.First is { } oldest)
            {
                var answered = Run.ReplyToInput(oldest.Value, text);
                inputs.Remove(oldest);
                if (answered)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
