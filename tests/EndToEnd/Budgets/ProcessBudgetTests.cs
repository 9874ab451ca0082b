using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd.Budgets;

/// <summary>The budget of processes, against code that starts them without end.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ProcessBudgetTests(ITestOutputHelper log)
{
    private const int Budget = 24;

    private const string Bomb = "b() { b | b & }; b; b; sleep 100";

    [Fact]
    public async Task A_fork_bomb_ends_with_the_reason_and_nothing_is_left_of_it()
    {
        var options = new WorkerOptions { Budgets = new WorkerBudgets { Processes = Budget } };
        if (!await PidNamespaces.AreAllowedAsync())
        {
            var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(options));
            Assert.Contains("budget of processes", thrown.Message, StringComparison.Ordinal);
            return;
        }

        (string Engine, string Code)[] programs =
        [
            ("csharp", "while (true) Process.Start(\"sleep\", \"100\");"),
            ("csharp", $"while (true) Process.Start(\"sh\", [\"-c\", \"{Bomb}\"]).WaitForExit();"),
            ("csharp", $"try {{ while (true) Process.Start(\"sh\", [\"-c\", \"{Bomb}\"]).WaitForExit(); }} catch (KeyboardInterruptException) {{ throw; }}"),
            ("python", $"import subprocess\nwhile True: subprocess.run(['sh', '-c', '{Bomb}'])"),
        ];
        foreach (var (engine, code) in programs)
        {
            string bombed;
            await using (var session = await Worker.StartAsync(options))
            {
                bombed = Link($"/proc/{session.ProcessId}/ns/pid")!;
                await session.SucceedsAsync("var kept = 41;");
                await session.Run("python", "kept = 41").Completion.Soon();
                var most = 0;
                using var done = new CancellationTokenSource();
                var counting = Task.Run(async () =>
                {
                    while (!done.IsCancellationRequested)
                    {
                        most = Math.Max(most, MembersOf(bombed).Count);
                        await Task.Delay(5, CancellationToken.None);
                    }
                });
                var result = await session.Run(engine, code).Completion.Soon();
                await done.CancelAsync();
                await counting;
                log.WriteLine($"{code}: {result.Outcome} {result.Reason}, {most} processes at most");

                // A bomb that is quicker than the watch is ended, with the worker, by the namespace's first process.
                Assert.Contains(result.Outcome, new[] { RunOutcome.Interrupted, RunOutcome.Terminated });
                Assert.Equal((code, InterruptReason.Processes), (code, result.Reason));
                if (result.Outcome == RunOutcome.Interrupted)
                {
                    Assert.Equal("42", (await session.SucceedsAsync("kept + 1")).Value!.Text);
                    var kept = await session.Run("python", "kept + 1").Completion.Soon();
                    Assert.Equal("42", kept.Value!.Text);
                }
            }

            Assert.Empty(MembersOf(bombed));
        }

        string space;
        await using (var session = await Worker.StartAsync(options))
        {
            space = Link($"/proc/{session.ProcessId}/ns/pid")!;

            // What stays within the budget is left alone, and so is what has ended without being asked about.
            var few = await session.Run("python", """
                import os, subprocess
                for _ in range(3 * 24):
                    child = os.fork()
                    if child == 0: os._exit(0)
                    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
                [subprocess.run(['sh', '-c', 'sleep 0.1 & sleep 0.1 & wait; exit 3']).returncode for _ in range(5)]
                """).Completion.Soon();
            Assert.Equal("[3, 3, 3, 3, 3]", few.Value?.Text ?? few.Error?.Message);
        }

        Assert.Empty(MembersOf(space));
    }

    [Fact]
    public async Task A_worker_that_forks_itself_without_end_is_interrupted_or_ended_with_the_reason()
    {
        if (!await PidNamespaces.AreAllowedAsync())
        {
            return;
        }

        string space;
        await using (var session = await Worker.StartAsync(new WorkerOptions { Budgets = new WorkerBudgets { Processes = Budget } }))
        {
            space = Link($"/proc/{session.ProcessId}/ns/pid")!;
            var result = await session.Run("python", "import os\nwhile True: os.fork()").Completion.Soon();
            log.WriteLine($"{result.Outcome} {result.Reason} {result.Error?.Message}");

            // os.fork looks by itself, since a watch hardly gets a turn meanwhile. If children keep it from forking, the namespace's first process ends it.
            Assert.Contains(result.Outcome, new[] { RunOutcome.Interrupted, RunOutcome.Terminated });
            Assert.Equal(InterruptReason.Processes, result.Reason);
            if (result.Outcome == RunOutcome.Interrupted)
            {
                Assert.Equal("42", (await session.SucceedsAsync("6 * 7")).Value!.Text);
            }
        }

        Assert.Empty(MembersOf(space));
    }

    /// <summary>The processes in a namespace, seen from outside.</summary>
    private static List<int> MembersOf(string space) =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Link($"{folder}/ns/pid") == space)
            .Select(static folder => int.Parse(Path.GetFileName(folder))),
    ];

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
