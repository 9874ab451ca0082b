using System.Text;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What code prints, by whatever means, arrives whole, in order, under its run.</summary>
public sealed class OutputTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task A_hundred_megabytes_arrive_whole_and_in_order_and_standard_error_apart()
    {
        const int lines = 1_000_000;
        var run = Worker.Run(
            "csharp",
            $$"""
            var filling = new string('x', 90);
            for (var i = 0; i < {{lines}}; i++)
            {
                Console.WriteLine($"{i,9}{filling}");
                if (i % 100_000 == 0) Console.Error.WriteLine($"error {i}");
            }
            """,
            new RunOptions { WaitForReader = true });
        var filling = new string('x', 90);
        var next = 0;
        var rest = "";
        var errors = "";
        await foreach (var piece in run.Events)
        {
            if (piece is not OutputEvent output)
            {
                Assert.IsNotType<OutputDroppedEvent>(piece);
                continue;
            }

            if (output.Stream == OutputStream.Stderr)
            {
                errors += output.Text;
                continue;
            }

            var text = rest + output.Text;
            var start = 0;
            for (int end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
            {
                var line = text[start..end];
                Assert.True(line == $"{next,9}{filling}", $"line {next} is: {line}");
                next++;
            }

            rest = text[start..];
        }

        Assert.Equal((lines, ""), (next, rest));
        Assert.Equal(string.Concat(Enumerable.Range(0, 10).Select(time => $"error {time * 100_000}\n")), errors);
        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_line_of_fifty_megabytes_arrives()
    {
        const int length = 50_000_000;
        var run = Worker.Run("csharp", $"Console.WriteLine(new string('y', {length}));", new RunOptions { WaitForReader = true });
        var count = 0L;
        var last = '\0';
        await foreach (var output in run.Events)
        {
            if (output is OutputEvent { Text: var text })
            {
                Assert.True(text.AsSpan().TrimEnd('\n').IndexOfAnyExcept('y') < 0);
                count += text.Length;
                last = text[^1];
            }
        }

        Assert.Equal((length + 1, '\n'), (count, last));
        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task Escapes_and_nul_survive_and_lone_surrogates_are_replaced()
    {
        var (output, error) = await PrintedAsync(
            """
            Console.Write("\e[31mred\e[0m\0nul\x7f\r\n");
            Console.Write("\ud83d"); Console.Write("\ude00|");
            Console.Write("\ud83d|\ude00|");
            Console.Error.Write("\ud83d");
            """);
        Assert.Equal("\e[31mred\e[0m\0nul\x7f\r\n\ud83d\ude00|\ufffd|\ufffd|", output);
        Assert.Equal("\ufffd", error);
    }

    [Fact]
    public async Task Emoji_are_not_cut_in_two_by_the_border_of_a_piece()
    {
        var (output, _) = await PrintedAsync("""for (var i = 0; i < 50_000; i++) { Console.Write(i % 1000 == 0 ? "a" : ""); Console.Write("\ud83d\ude00"); }""");
        Assert.DoesNotContain('\ufffd', output);
        Assert.Equal(50_000, output.Count(char.IsHighSurrogate));
    }

    [Fact]
    public async Task A_child_s_output_is_captured_under_the_run_that_waited_for_it()
    {
        for (var time = 0; time < 30; time++)
        {
            var (output, error) = await PrintedAsync("""Process.Start("sh", ["-c", "echo hi; echo there >&2"]).WaitForExit();""");
            Assert.Equal(("hi\n", "there\n"), (output, error));
        }
    }

    [Fact]
    public async Task A_child_s_output_is_in_order_with_what_its_parent_prints()
    {
        for (var time = 0; time < 30; time++)
        {
            var (output, _) = await PrintedAsync(
                """
                for (var i = 0; i < 3; i++)
                {
                    Console.WriteLine($"before {i}");
                    Process.Start("sh", ["-c", $"echo child {i}; printf 'more '; echo {i}"]).WaitForExit();
                    Console.WriteLine($"after {i}");
                }
                """);
            Assert.Equal(string.Concat(Enumerable.Range(0, 3).Select(i => $"before {i}\nchild {i}\nmore {i}\nafter {i}\n")), output);
        }
    }

    [Fact]
    public async Task What_a_child_prints_after_the_run_carries_no_run()
    {
        await using var worker = await Worker.StartAsync();
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var printed = Path.Combine(folder.FullName, "printed");
            var go = Path.Combine(folder.FullName, "go");
            var (output, _) = await PrintedAsync(
                $$"""
                Process.Start("sh", ["-c", "echo early; : > {{printed}}; while [ ! -e {{go}} ]; do sleep 0.02; done; echo late"]);
                while (!File.Exists("{{printed}}")) Thread.Sleep(5);
                """,
                worker);
            Assert.Equal("early\n", output);
            await File.WriteAllTextAsync(go, "");
            using var limit = new CancellationTokenSource(Expect.Bound);
            await using var background = worker.BackgroundEvents.GetAsyncEnumerator(limit.Token);
            Assert.True(await background.MoveNextAsync());
            var late = Assert.IsType<OutputEvent>(background.Current);
            Assert.Equal((null, "late\n"), (late.Run, late.Text));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_child_s_bytes_are_text_also_where_they_are_cut_or_no_text_at_all()
    {
        // Each printf writes by itself; the euro sign and the emoji are cut in two.
        var (output, error) = await PrintedAsync(
            """
            Process.Start("bash", ["-c", "printf 'a\\xe2\\x82'; sleep 0.05; printf '\\xac|\\xf0\\x9f'; sleep 0.05; printf '\\x98\\x80|\\xff|\\x00|\\xe2\\x82'; printf '\\xe2' >&2"]).WaitForExit();
            """);
        Assert.Equal(("a\u20ac|\ud83d\ude00|\ufffd|\0|\ufffd", "\ufffd"), (output, error));
    }

    [Fact]
    public async Task A_child_prints_a_hundred_megabytes()
    {
        const int lines = 1_000_000;
        var run = Worker.Run(
            "csharp",
            $$"""Process.Start("sh", ["-c", "yes 'äxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' | head -n {{lines}}"]).WaitForExit();""",
            new RunOptions { WaitForReader = true });
        var count = 0;
        await foreach (var piece in run.Events)
        {
            if (piece is OutputEvent output)
            {
                Assert.Equal(-1, output.Text.IndexOf('\ufffd', StringComparison.Ordinal));
                count += output.Text.Count(c => c == 'ä');
            }
        }

        Assert.Equal(lines, count);
        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_child_that_prints_on_and_on_does_not_hold_up_later_runs()
    {
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("var child = Process.Start(\"yes\");");
        for (var time = 0; time < 20; time++)
        {
            // Nobody reads this run's events; whoever prints here shares the room with the child.
            Assert.Equal($"{time}", (await worker.SucceedsAsync($"Console.WriteLine(\"mine\"); {time}")).Value?.Text);
        }

        await worker.SucceedsAsync("child.Kill(); child.WaitForExit();");
    }

    [Fact]
    public async Task A_thread_that_prints_on_and_on_does_not_hold_up_later_runs()
    {
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("var go = true; var thread = new Thread(() => { while (go) Console.WriteLine(\"flood\"); }) { IsBackground = true }; thread.Start();");
        for (var time = 0; time < 20; time++)
        {
            var (output, _) = await PrintedAsync("Console.Write(\"mine\");", worker);
            Assert.Equal("mine", output);
        }

        await worker.SucceedsAsync("go = false; thread.Join();");
    }

    [Fact]
    public async Task Native_code_is_captured()
    {
        var (output, error) = await PrintedAsync(
            """
            using System.Runtime.InteropServices;
            class Native { [DllImport("libc", EntryPoint = "write")] public static extern nint Write(int descriptor, byte[] bytes, nint count); }
            Native.Write(1, Encoding.UTF8.GetBytes("out ü"), 6);
            Native.Write(2, Encoding.UTF8.GetBytes("err"), 3);
            """);
        Assert.Equal(("out ü", "err"), (output, error));
    }

    [Fact]
    public async Task Children_inherit_the_standard_streams_and_nothing_else()
    {
        var (output, error) = await PrintedAsync("""Process.Start("bash", ["-c", "ls /proc/$$/fd; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2"]).WaitForExit();""");
        Assert.Equal("", error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // 255 is the shell's own.
        Assert.Equal(["0", "1", "2"], lines[..^3].Except(["255"]));
        Assert.Equal("/dev/null", lines[^3]);
        Assert.All(lines[^2..], target => Assert.StartsWith("pipe:", target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Code_that_closes_its_standard_output_harms_only_itself()
    {
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("using Microsoft.Win32.SafeHandles; { using var one = new SafeFileHandle(1, ownsHandle: true); } ");
        var (output, error) = await PrintedAsync("""Console.Write("still"); Console.Error.Write("here");""", worker);
        Assert.Equal(("still", "here"), (output, error));
    }

    [Fact]
    public async Task A_crash_of_the_runtime_still_says_why()
    {
        await using var worker = await Worker.StartAsync(Expect.PatientWithItsEnd);
        var result = await worker.Run("csharp", "Environment.FailFast(\"no way on from here\");").Completion.Soon();
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("no way on from here", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_worker_s_own_still_says_what_it_was()
    {
        await using var worker = await Worker.StartAsync(Expect.PatientWithItsEnd);
        var result = await worker.Run(
            "csharp",
            """
            var threads = Type.GetType("ProcInterrupt.WorkerProcess.Hosting.WorkerThread, ProcInterrupt.WorkerProcess");
            threads.GetMethod("Start").Invoke(null, ["broken", (Action)(() => throw new Exception("a fault of ours")), 0]);
            while (true) ;
            """).Completion.Soon();
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("exited with code 70", result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("a fault of ours", result.Error.Message, StringComparison.Ordinal);
    }

    private Task<(string Output, string Error)> PrintedAsync(string code) => PrintedAsync(code, Worker);

    private static async Task<(string Output, string Error)> PrintedAsync(string code, Worker worker)
    {
        var run = worker.Run("csharp", code, new RunOptions { WaitForReader = true });
        var texts = new[] { new StringBuilder(), new StringBuilder() };
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var piece in run.Events.WithCancellation(limit.Token))
        {
            if (piece is OutputEvent output)
            {
                texts[output.Stream == OutputStream.Stdout ? 0 : 1].Append(output.Text);
            }
        }

        var result = await run.Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return (texts[0].ToString(), texts[1].ToString());
    }
}
