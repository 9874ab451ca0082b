using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Python code of every kind is interrupted, the session stays, fifty times in a row in one worker, on each CPython.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonInterruptTests(PythonFixture fixture) : IClassFixture<PythonFixture>, IDisposable
{
    private const int Times = 50;

    /// <summary><c>subprocess.run</c> gives its child a quarter of a second to end by the same Ctrl+C.</summary>
    private const int TimesOfSlowOnes = 10;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(PythonPrograms.Rows), MemberType = typeof(PythonPrograms))]
    public async Task Is_interrupted_and_the_session_stays(string library, string program) => await InterruptAsync(library, PythonPrograms.Code(program), "kept + 1", Times);

    [Theory]
    [MemberData(nameof(PythonPrograms.CleaningRows), MemberType = typeof(PythonPrograms))]
    public async Task Is_interrupted_and_its_cleanup_has_run(string library, string program) => await InterruptAsync(library, PythonPrograms.Code(program), "kept + cleaned", Times);

    [Theory]
    [MemberData(nameof(PythonLibraries.Data), MemberType = typeof(PythonLibraries))]
    public async Task A_run_that_waits_for_a_process_is_interrupted_and_the_process_ended(string library) =>
        await InterruptAsync(library, "import subprocess, time\nprint('go')\ncleaned = 0\ntry: subprocess.run(['sleep', '60'])\nfinally: cleaned = 1", "kept + cleaned", TimesOfSlowOnes);

    [Theory]
    [MemberData(nameof(PythonLibraries.Data), MemberType = typeof(PythonLibraries))]
    public async Task Calls_of_numpy_in_a_loop_are_interrupted_where_it_is_installed(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        if (await worker.ValueAsync("import importlib.util\nimportlib.util.find_spec('numpy') is not None") == "True")
        {
            await InterruptAsync(library, "import numpy as np\na = np.ones((200, 200))\nprint('go')\nwhile True: a = a @ a % 7", "kept + 1", Times);
        }
    }

    private async Task InterruptAsync(string library, string code, string check, int times)
    {
        var worker = await fixture.WorkerAsync(library);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "looping_module.py"), "while True: pass\n");

        // Imported now: an import that is interrupted half-way leaves the package broken, in Python itself too.
        await worker.ValueAsync("import asyncio, contextlib, itertools, queue, re, select, signal, socket, subprocess, threading, time, weakref");
        await worker.ValueAsync($"kept = 41\nimport sys\nif {Text(folder.FullName)} not in sys.path: sys.path.append({Text(folder.FullName)})");
        for (var time = 0; time < times; time++)
        {
            var run = await worker.GoAsync(code);
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((time, ReceiptStatus.Interrupted, RunOutcome.Interrupted), (time, receipt.Status, result.Outcome));
            Assert.Equal(InterruptRung.Signal, receipt.Rung);
            Assert.True(receipt.StatePreserved);
            Assert.Equal((time, "42"), (time, await worker.ValueAsync(check)));
        }
    }

    private static string Text(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
