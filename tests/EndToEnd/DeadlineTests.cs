using System.Diagnostics;
using System.Text.Json.Nodes;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A deadline is the worker's own affair.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DeadlineTests
{
    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Console.ReadLine();")]
    [InlineData("while (true) Console.WriteLine(\"a line that nobody reads\");")]
    public async Task It_holds_while_the_controller_is_stopped(string code)
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var ended = Path.Combine(folder.FullName, "ended");
            await using var command = CommandProcess.Start(
                "run", "--json", "--timeout", "3s", "-c", $$"""try { Console.WriteLine("go"); {{code}} } finally { File.WriteAllText("{{ended}}", ""); }""");
            Assert.Equal("go", await command.ReadLineAsync());
            command.Signal(CommandProcess.SigStop);
            var since = Stopwatch.StartNew();
            while (!File.Exists(ended))
            {
                Assert.True(since.Elapsed < CommandProcess.Patience, "The run goes on past its deadline.");
                await Task.Delay(10);
            }

            command.Signal(CommandProcess.SigCont);
            var result = await command.EndAsync();
            Assert.Equal(124, result.ExitCode);
            var completed = JsonNode.Parse(result.Output.TrimEnd('\n').Split('\n')[^1])!;
            Assert.Equal(("interrupted", "deadline"), ((string?)completed["outcome"], (string?)completed["reason"]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
