using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>What is written, and streams that code closes or replaces.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonStreamTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    private Task<Worker> WorkerAsync() => fixture.WorkerAsync(PythonLibraries.Default);

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Everything_that_is_written_is_captured_in_order(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var (stdout, stderr, _) = await worker.OutputAsync("""
            import ctypes, os, subprocess, sys
            print('1')
            subprocess.run(['echo', '2'])
            print('3')
            os.write(1, b'4\n')
            print('5')
            os.system('echo 6; echo error >&2')
            sys.stdout.buffer.write('\u00e9'.encode()[:1])
            sys.stdout.buffer.write('\u00e9'.encode()[1:])
            print('7\0\ud800')
            ctypes.CDLL(None).printf(b'8\n')
            """);
        Assert.Equal("1\n2\n3\n4\n5\n6\n\u00e97\0\\ud800\n8\n", stdout);
        Assert.Equal("error\n", stderr);
    }

    [Fact]
    public async Task A_stream_that_is_closed_removed_or_replaced_does_not_break_the_session()
    {
        var worker = await WorkerAsync();
        foreach (var harm in new[] { "sys.stdout.close(); sys.stderr.close(); sys.stdin.close()", "del sys.stdout, sys.stderr, sys.stdin", "sys.stdout = sys.stderr = sys.stdin = None", "sys.stdout = 5" })
        {
            await worker.EndsAsync($"import sys\n{harm}");
            var (stdout, _, result) = await worker.OutputAsync(harm == "sys.stdout = 5" ? "sys.stdout = sys.__stdout__\nprint('back')" : "print('back')");
            Assert.Equal((harm, "back\n", RunOutcome.Succeeded), (harm, stdout, result.Outcome));
        }

        await worker.ValueAsync("import io\nkeep, sys.stdout = sys.stdout, io.StringIO()\nprint('inside')");
        Assert.Equal("'inside\\nstill\\n'", await worker.ValueAsync("print('still')\ntext = sys.stdout.getvalue()\nsys.stdout = keep\ntext"));
    }

    [Fact]
    public async Task What_was_closed_below_the_streams_is_there_again_in_the_next_run()
    {
        var worker = await WorkerAsync();
        await worker.ValueAsync("import io, os, sys\nio.TextIOWrapper(sys.stdout.buffer).close()\nsys.stdin.buffer.close()");
        var (stdout, _, result) = await worker.OutputAsync("sys.stdout.buffer.write(b'back\\n')\nsys.stdin.buffer.closed");
        Assert.Equal(("back\n", "False"), (stdout, result.Value?.Text));

        await worker.ValueAsync("os.close(1)\nos.close(2)");
        (stdout, var stderr, _) = await worker.OutputAsync("import subprocess\nsubprocess.run('echo out; echo err >&2', shell=True)\nNone");
        Assert.Equal(("out\n", "err\n"), (stdout, stderr));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Half_a_character_belongs_to_the_run_that_wrote_it(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var (first, _, _) = await worker.OutputAsync("import sys\nsys.stdout.buffer.write(b'A\\xc3')\nNone");
        var (second, _, _) = await worker.OutputAsync("sys.stdout.buffer.write(b'B')\nNone");
        Assert.Equal(("A\ufffd", "B"), (first, second));
        Assert.Equal("write() argument must be str, not bytes", (await worker.EndsAsync("sys.stdout.write(b'x')")).Error?.Message);
    }
}
