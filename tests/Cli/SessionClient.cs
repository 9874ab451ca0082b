using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary>A client of <c>procinterrupt session</c>. Keeps every event, so that a test can look at the whole transcript.</summary>
internal sealed class SessionClient : IAsyncDisposable
{
    private readonly List<JsonObject> events = [];
    private int looked;

    private SessionClient(CommandProcess command) => Command = command;

    public CommandProcess Command { get; }

    /// <summary>All events so far.</summary>
    public IReadOnlyList<JsonObject> Events => events;

    public int WorkerId { get; private set; }

    public static async Task<SessionClient> StartAsync(params string[] options)
    {
        var client = new SessionClient(CommandProcess.Start(["session", .. options]));
        var ready = await client.NextAsync();
        Assert.Equal("ready", Text(ready, "event"));
        client.WorkerId = (int)ready["pid"]!;
        return client;
    }

    public static string? Text(JsonObject e, string field) => (string?)e[field];

    public async Task SendAsync(string line)
    {
        await Command.Input.WriteAsync(line + "\n");
        await Command.Input.FlushAsync();
    }

    public Task RunAsync(long run, string code, int? deadlineMs = null)
    {
        var line = new JsonObject { ["op"] = "run", ["run"] = run, ["engine"] = "csharp", ["code"] = code };
        if (deadlineMs is { } deadline)
        {
            line["deadlineMs"] = deadline;
        }

        return SendAsync(line.ToJsonString());
    }

    /// <summary>The next event, looked at or not.</summary>
    public async Task<JsonObject> NextAsync()
    {
        if (looked == events.Count)
        {
            var line = await Command.ReadLineAsync() ?? throw new InvalidOperationException($"The session ended. {Transcript()}");
            events.Add(JsonSerializer.Deserialize<JsonObject>(line)!);
        }

        return events[looked++];
    }

    /// <summary>Reads on until an event of this kind, of this run if one is given.</summary>
    public async Task<JsonObject> UntilAsync(string kind, long? run = null)
    {
        while (true)
        {
            var e = await NextAsync();
            if (Text(e, "event") == kind && (run is null || (long?)e["run"] == run))
            {
                return e;
            }
        }
    }

    /// <summary>Reads on until the run has printed the text.</summary>
    public async Task UntilPrintedAsync(long run, string text)
    {
        var printed = "";
        while (!printed.Contains(text, StringComparison.Ordinal))
        {
            printed += Text(await UntilAsync("output", run), "text");
        }
    }

    /// <summary>Runs code to its end and gives its <c>completed</c> event.</summary>
    public async Task<JsonObject> CompleteAsync(long run, string code, int? deadlineMs = null)
    {
        await RunAsync(run, code, deadlineMs);
        return await UntilAsync("completed", run);
    }

    /// <summary>Closes the session's input, reads the rest and waits for the end.</summary>
    public async Task<int> CloseAsync()
    {
        Command.Input.Close();
        return await EndAsync();
    }

    /// <summary>Reads the rest and waits for the end.</summary>
    public async Task<int> EndAsync()
    {
        while (await Command.ReadLineAsync() is { } line)
        {
            events.Add(JsonSerializer.Deserialize<JsonObject>(line)!);
        }

        var exitCode = await Command.ExitCodeAsync();
        await CommandProcess.UntilGoneAsync(WorkerId);
        return exitCode;
    }

    /// <summary>The kinds of the events of a run, in order, output once for many.</summary>
    public string[] Kinds(long run)
    {
        var kinds = new List<string>();
        foreach (var e in events.Where(e => (long?)e["run"] == run))
        {
            var kind = Text(e, "event")!;
            if (kind != "output" || kinds.LastOrDefault() != "output")
            {
                kinds.Add(kind);
            }
        }

        return [.. kinds];
    }

    public string Transcript() => $"Events: {string.Join("\n", events.Select(e => e.ToJsonString()))}\nStandard error: {Command.ErrorText}";

    public ValueTask DisposeAsync() => Command.DisposeAsync();
}
