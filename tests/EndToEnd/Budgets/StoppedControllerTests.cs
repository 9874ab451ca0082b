using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Budgets;

/// <summary>The worker keeps its budgets by itself: a controller that is stopped learns of it when it goes on.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class StoppedControllerTests
{
    [Theory]
    [InlineData("while (true) ;", "interrupted", "wallTime", true, "3s")]
    [InlineData("while (true) Console.WriteLine(new string('x', 1000));", "interrupted", "output", true, "100s")]
    [InlineData("var l = new List<byte[]>(); while (true) l.Add(new byte[1 << 20]);", "failed", "memory", true, "100s")]
    [InlineData("System.Text.RegularExpressions.Regex.Match(new string('a', 60) + \"b\", \"^(a+)+$\");", "terminated", "wallTime", false, "3s")]
    public async Task A_budget_holds_while_the_controller_is_stopped(string code, string outcome, string reason, bool lives, string wall)
    {
        await using var command = CommandProcess.Start("session", "--wall", wall, "--grace", "200ms", "--memory", "200M", "--output", "500K");
        var ready = await command.ReadLineAsync();
        var worker = int.Parse(JsonNode.Parse(ready!)!["pid"]!.ToString());
        await SendAsync($$"""{"op":"run","run":1,"engine":"csharp","code":{{JsonSerializer.Serialize(code)}}}""");
        Assert.Contains("started", await command.ReadLineAsync(), StringComparison.Ordinal);
        command.Signal(CommandProcess.SigStop);
        try
        {
            // Idle again, or gone.
            var limit = Stopwatch.StartNew();
            while (lives ? !await IsIdleAsync(worker) : CommandProcess.IsRunning(worker))
            {
                Assert.True(limit.Elapsed < CommandProcess.Patience, "The budget did not hold while the controller was stopped.");
                await Task.Delay(20);
            }
        }
        finally
        {
            command.Signal(CommandProcess.SigCont);
        }

        string? line;
        while ((line = await command.ReadLineAsync())?.Contains("\"completed\"", StringComparison.Ordinal) != true)
        {
            Assert.NotNull(line);
        }

        var completed = JsonNode.Parse(line)!;
        Assert.Equal((outcome, reason), (completed["outcome"]!.ToString(), completed["reason"]?.ToString()));
        if (lives)
        {
            await SendAsync("""{"op":"run","run":2,"engine":"csharp","code":"41 + 1"}""");
            Assert.Contains("started", await command.ReadLineAsync(), StringComparison.Ordinal);
            Assert.Contains("\"value\":\"42\"", await command.ReadLineAsync(), StringComparison.Ordinal);
        }

        async Task SendAsync(string text)
        {
            await command.Input.WriteLineAsync(text);
            await command.Input.FlushAsync();
        }
    }

    /// <summary>Whether it uses no processor time for a while: its run is over.</summary>
    private static async Task<bool> IsIdleAsync(int process)
    {
        using var watched = Process.GetProcessById(process);
        var before = watched.TotalProcessorTime;
        await Task.Delay(500);
        watched.Refresh();
        return watched.TotalProcessorTime - before < TimeSpan.FromMilliseconds(50);
    }
}
