using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Python code of every kind is interrupted, the session stays, fifty times in a row in one worker, on each CPython.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonInterruptTests(PythonFixture fixture) : IClassFixture<PythonFixture>, IAsyncLifetime
{
    private const int Times = 50;

    /// <summary><c>subprocess.run</c> gives its child a quarter of a second to end by the same Ctrl+C.</summary>
    private const int TimesOfSlowOnes = 10;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");

    public Task InitializeAsync() => File.WriteAllTextAsync(Path.Combine(folder.FullName, "looping_module.py"), "while True: pass\n");

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(PythonPrograms.Rows), MemberType = typeof(PythonPrograms))]
    public Task Is_interrupted_and_the_session_stays(string program) => OnEachAsync(library => InterruptAsync(library, PythonPrograms.Code(program), "kept + 1", Times));

    [Theory]
    [MemberData(nameof(PythonPrograms.CleaningRows), MemberType = typeof(PythonPrograms))]
    public Task Is_interrupted_and_its_cleanup_has_run(string program) => OnEachAsync(library => InterruptAsync(library, PythonPrograms.Code(program), "kept + cleaned", Times));

    [Fact]
    public Task A_run_that_waits_for_a_process_is_interrupted_and_the_process_ended() => OnEachAsync(library =>
        InterruptAsync(library, "import subprocess, time\nprint('go')\ncleaned = 0\ntry: subprocess.run(['sleep', '60'])\nfinally: cleaned = 1", "kept + cleaned", TimesOfSlowOnes));

    [Fact]
    public Task Calls_of_numpy_in_a_loop_are_interrupted_where_it_is_installed() => OnEachAsync(async library =>
    {
        var worker = await fixture.WorkerAsync(library);
        if (await worker.ValueAsync("import importlib.util\nimportlib.util.find_spec('numpy') is not None") == "True")
        {
            await InterruptAsync(library, "import numpy as np\na = np.ones((200, 200))\nprint('go')\nwhile True: a = a @ a % 7", "kept + 1", Times);
        }
    });

    /// <summary>All CPythons at once, since most of the time goes into waiting for what the programs print.</summary>
    private static Task OnEachAsync(Func<string, Task> test) => Task.WhenAll(PythonLibraries.All.Select(test));

    private async Task InterruptAsync(string library, string code, string check, int times)
    {
        var worker = await fixture.WorkerAsync(library);

        // Imported now: an import that is interrupted half-way leaves the package broken, in Python itself too.
        await worker.ValueAsync("import asyncio, contextlib, itertools, queue, re, select, signal, socket, subprocess, threading, time, weakref");
        await worker.ValueAsync($"kept = 41\nimport sys\nif {Text(folder.FullName)} not in sys.path: sys.path.append({Text(folder.FullName)})");
        for (var time = 0; time < times; time++)
        {
            var run = await worker.GoAsync(code);
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((library, time, ReceiptStatus.Interrupted, RunOutcome.Interrupted), (library, time, receipt.Status, result.Outcome));
            Assert.Equal(InterruptRung.Signal, receipt.Rung);
            Assert.True(receipt.StatePreserved);
            Assert.Equal((library, time, "42"), (library, time, await worker.ValueAsync(check)));
        }
    }

    private static string Text(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
