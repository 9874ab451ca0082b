using System.Diagnostics;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A deadline is the worker's own affair.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DeadlineTests
{
    /// <summary>From the run's start on, its compilation included; the first of a worker takes long and has none.</summary>
    private const int DeadlineMillis = 2000;

    private static readonly string[] Programs =
    [
        "",
        "while (true) { }",
        "Thread.Sleep(-1);",
        "await Task.Delay(-1);",
        "Console.ReadLine();",
        "while (true) Console.WriteLine(\"a line that nobody reads\");",
    ];

    [Fact]
    public async Task It_holds_while_the_controller_is_stopped()
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            await using var session = await SessionClient.StartAsync();
            for (var run = 0; run < Programs.Length; run++)
            {
                var ended = Path.Combine(folder.FullName, $"ended-{run}");
                var code = $$"""try { Console.WriteLine("go"); {{Programs[run]}} } finally { File.WriteAllText("{{ended}}", ""); }""";
                if (run == 0)
                {
                    await session.CompleteAsync(run + 1, code);
                    continue;
                }

                await session.RunAsync(run + 1, code, DeadlineMillis);
                await session.UntilPrintedAsync(run + 1, "go");
                session.Command.Signal(CommandProcess.SigStop);
                var since = Stopwatch.StartNew();
                while (!File.Exists(ended))
                {
                    Assert.True(since.Elapsed < CommandProcess.Patience, $"The run goes on past its deadline: {code}");
                    await Task.Delay(10);
                }

                session.Command.Signal(CommandProcess.SigCont);
                var completed = await session.UntilAsync("completed", run + 1);
                Assert.Equal((code, "interrupted", "deadline"), (code, (string?)completed["outcome"], (string?)completed["reason"]));
            }

            Assert.Equal(0, await session.CloseAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
