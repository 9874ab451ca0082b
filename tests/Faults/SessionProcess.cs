using System.Text.Json.Nodes;
using ProcInterrupt.Tests.Cli;

namespace ProcInterrupt.Tests.Faults;

/// <summary>A controller that is a process of its own: <c>procinterrupt session</c>.</summary>
internal sealed class SessionProcess : IAsyncDisposable
{
    private readonly CommandProcess command;
    private int lastRun;

    public SessionProcess(SocketPlace place) => command = CommandProcess.Start(["session"], place.ForChildren);

    public int Id => command.Id;

    /// <returns>The run's number.</returns>
    public async Task<int> RunAsync(string code, int? deadlineMillis = null)
    {
        var line = new JsonObject { ["op"] = "run", ["run"] = ++lastRun, ["engine"] = "csharp", ["code"] = code };
        if (deadlineMillis is not null)
        {
            line["deadlineMs"] = deadlineMillis;
        }

        await SendAsync(line);
        return lastRun;
    }

    public Task InterruptAsync(int run) => SendAsync(new JsonObject { ["op"] = "interrupt", ["run"] = run });

    /// <summary>Reads events until one of this kind.</summary>
    public async Task<JsonObject> UntilAsync(string kind, Action<JsonObject>? seen = null)
    {
        while (true)
        {
            var line = await command.ReadLineAsync() ?? throw new InvalidOperationException($"The session ended. {command.ErrorText}");
            var item = JsonNode.Parse(line)!.AsObject();
            seen?.Invoke(item);
            if ((string?)item["event"] == kind)
            {
                return item;
            }
        }
    }

    public ValueTask DisposeAsync() => command.DisposeAsync();

    private async Task SendAsync(JsonObject line)
    {
        await command.Input.WriteAsync($"{line.ToJsonString()}\n");
        await command.Input.FlushAsync();
    }
}
