using System.Text.Json.Nodes;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary><c>procinterrupt run</c> as a user meets it.</summary>
public sealed class RunCommandTests : IDisposable
{
    private const string Stubborn =
        """Console.WriteLine("busy"); while (true) { try { while (true) { } } catch (KeyboardInterruptException) { Console.WriteLine("caught"); } }""";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_codes_output_and_nothing_else_goes_to_the_standard_streams()
    {
        var result = await CommandProcess.RunAsync("run", "-c", """Console.WriteLine("größer ✓"); Console.Error.Write("oops"); 6 * 7""");
        Assert.Equal(new CommandResult(0, "größer ✓\n", "oops"), result);
    }

    [Fact]
    public async Task A_file_is_run_and_may_load_what_lies_beside_it()
    {
        Write("more.csx", "int Twice(int i) => 2 * i;");
        var file = Write("main.csx", "#load \"more.csx\"\nConsole.WriteLine(Twice(21));");
        Assert.Equal(new CommandResult(0, "42\n", ""), await CommandProcess.RunAsync("run", file));
    }

    [Fact]
    public async Task A_dash_reads_the_program_from_standard_input()
    {
        var result = await CommandProcess.RunWithInputAsync("Console.WriteLine(Console.ReadLine() ?? \"end\");", "run", "-");
        Assert.Equal(new CommandResult(0, "end\n", ""), result);
    }

    [Fact]
    public async Task Input_requests_are_answered_from_standard_input_and_its_end_is_null()
    {
        var result = await CommandProcess.RunWithInputAsync(
            "first\nzweite ü\n",
            "run",
            "-c",
            """while (true) { var line = Console.ReadLine(); Console.WriteLine($"<{line ?? "null"}>"); if (line == null) break; }""");
        Assert.Equal(new CommandResult(0, "<first>\n<zweite ü>\n<null>\n", ""), result);
    }

    [Fact]
    public async Task The_codes_own_exit_code_is_the_commands()
    {
        var result = await CommandProcess.RunAsync("run", "-c", """Console.Write("a"); Environment.Exit(3); Console.Write("b");""");
        Assert.Equal(new CommandResult(3, "a", ""), result);
    }

    [Fact]
    public async Task Code_that_throws_exits_1_with_type_message_and_line_on_standard_error()
    {
        var file = Write("throws.csx", "Console.WriteLine(\"before\");\n\nthrow new FormatException(\"no such luck\");\n");
        var result = await CommandProcess.RunAsync("run", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("before\n", result.Output);
        Assert.Contains("System.FormatException: no such luck", result.Error, StringComparison.Ordinal);
        Assert.Contains("throws.csx:line 3", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_does_not_compile_exits_1_with_line_and_column()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "int i = 1;\nint j = \"a\";");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("(2,9): error CS0029", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_engine_exits_1_and_the_known_ones_are_named()
    {
        var result = await CommandProcess.RunAsync("run", "--engine", "cobol", "-c", "1");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cobol", result.Error, StringComparison.Ordinal);
        Assert.Contains("csharp", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_interrupts_clean_up_runs_and_the_exit_code_is_124()
    {
        // Counted from the run's start: on a busy machine the first compilation takes seconds.
        var result = await CommandProcess.RunAsync(
            "run", "--timeout", "6s", "-c", """try { while (true) Interrupt.Sleep(TimeSpan.FromSeconds(1)); } finally { Console.WriteLine("left cleanly"); }""");
        Assert.Equal((124, "left cleanly\n"), (result.ExitCode, result.Output));
        Assert.Contains("deadline", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("")]
    public async Task A_bad_timeout_is_a_usage_error_that_says_what_to_type(string timeout)
    {
        var result = await CommandProcess.RunAsync("run", "--timeout", timeout, "-c", "1");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains($"'{timeout}'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_a_usage_error_that_names_it()
    {
        var result = await CommandProcess.RunAsync("run", "no/such/file.csx");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("'no/such/file.csx'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_an_empty_program_and_bytes_that_are_no_text_are_usage_errors()
    {
        var empty = Write("empty.csx", " \n");
        var binary = Path.Combine(folder.FullName, "binary.csx");
        await File.WriteAllBytesAsync(binary, [0x43, 0xff, 0xfe, 0x00]);
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["run", folder.FullName], "folder"),
            (["run", empty], "empty"),
            (["run", "-c", ""], "empty"),
            (["run", "-"], "empty"),
            (["run", binary], "UTF-8"),
        })
        {
            var result = await CommandProcess.RunAsync(arguments);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("No program", "run")]
    [InlineData("Both", "run", "-c", "1", "file.csx")]
    [InlineData("'--bogus'", "run", "-c", "1", "--bogus")]
    [InlineData("command", "frobnicate")]
    [InlineData("command")]
    [InlineData("--engine", "run", "-c", "1", "--engine")]
    public async Task A_command_line_that_makes_no_sense_exits_2_and_points_to_the_help(string expected, params string[] arguments)
    {
        var result = await CommandProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("--help'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_of_five_megabytes_runs()
    {
        var filler = string.Concat(Enumerable.Repeat($"// {new string('x', 96)}\n", 50_000));
        var file = Write("large.csx", $"{filler}Console.WriteLine(6 * 7);\n");
        Assert.True(new FileInfo(file).Length > 5_000_000);
        Assert.Equal(new CommandResult(0, "42\n", ""), await CommandProcess.RunAsync("run", file));
    }

    [Fact]
    public async Task A_program_larger_than_a_frame_is_refused_in_words()
    {
        var file = Write("huge.csx", new string(' ', 20_000_000) + "1");
        var result = await CommandProcess.RunAsync("run", file);
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("Unhandled", result.Error, StringComparison.Ordinal);
        Assert.NotEqual("", result.Error);
    }

    [Fact]
    public async Task Json_ends_the_output_with_the_result()
    {
        var result = await CommandProcess.RunAsync("run", "--json", "-c", """Console.Write("no newline"); "text" """);
        var lines = result.Output.Split('\n');
        Assert.Equal((0, "", 3), (result.ExitCode, result.Error, lines.Length));
        Assert.Equal("no newline", lines[0]);
        Assert.Equal("", lines[2]);
        Assert.Equal(
            """{"event":"completed","run":1,"outcome":"succeeded","reason":null,"value":"\"text\"","exitCode":null,"error":null,"receipts":[]}""",
            lines[1]);
    }

    [Fact]
    public async Task Json_tells_of_failures_and_exit_codes()
    {
        var failed = JsonNode.Parse((await CommandProcess.RunAsync("run", "--json", "-c", "throw new Exception(\"why\");")).Output)!;
        Assert.Equal("failed", (string?)failed["outcome"]);
        Assert.Equal("System.Exception", (string?)failed["error"]!["type"]);
        Assert.Equal("why", (string?)failed["error"]!["message"]);
        var exited = JsonNode.Parse((await CommandProcess.RunAsync("run", "--json", "-c", "Environment.Exit(7);")).Output)!;
        Assert.Equal(("succeeded", 7), ((string?)exited["outcome"], (int?)exited["exitCode"]));
    }

    [Fact]
    public async Task Output_comes_as_it_is_produced()
    {
        await using var command = CommandProcess.Start("run", "-c", """Console.WriteLine("now"); Console.ReadLine(); Console.WriteLine("later");""");
        Assert.Equal("now", await command.ReadLineAsync());
        command.Input.WriteLine();
        command.Input.Close();
        Assert.Equal(new CommandResult(0, "later\n", ""), await command.EndAsync());
    }

    [Fact]
    public async Task Twenty_megabytes_of_output_arrive_whole_and_in_order()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "for (var i = 0; i < 200_000; i++) Console.WriteLine($\"{i} {new string('x', 90)}\");");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output.Split('\n');
        Assert.Equal(200_001, lines.Length);
        Assert.All(lines.SkipLast(1).Index(), line => Assert.StartsWith($"{line.Index} x", line.Item, StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_reader_goes_away_the_run_is_ended_quietly()
    {
        await using var command = CommandProcess.Start("run", "-c", "while (true) Console.WriteLine(\"more\");");
        Assert.Equal("more", await command.ReadLineAsync());
        command.Output.Close();
        Assert.Equal((141, ""), (await command.ExitCodeAsync(), command.ErrorText));
    }

    [Theory]
    [InlineData("run -c 'while (true) Console.WriteLine(1);'")]
    [InlineData("run --json -c 1")]
    [InlineData("session")]
    [InlineData("engines --json")]
    public async Task Output_that_cannot_be_written_is_an_error_in_words(string commandLine)
    {
        await using var command = CommandProcess.StartProgram(
            "sh",
            ["-c", $"exec '{CommandProcess.DotNet}' '{CommandProcess.Assembly}' {commandLine} > /dev/full"]);
        var result = await command.EndAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("procinterrupt: standard output cannot be written: No space left on device\n", result.Error);
    }

    [Fact]
    public async Task Sigint_interrupts_clean_up_runs_and_the_receipt_is_shown()
    {
        await using var command = await StartBusyAsync("""Console.WriteLine("busy"); try { while (true) { } } finally { Console.WriteLine("left cleanly"); }""");
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal((130, "left cleanly\n"), (result.ExitCode, result.Output));
        Assert.Matches(@"^interrupted in [0-9.]+ (us|ms|s) \(taken after .*, unwound after .*\)\n$", result.Error);
    }

    [Fact]
    public async Task Sigint_with_json_gives_the_receipt_in_the_result()
    {
        await using var command = CommandProcess.Start("run", "--json", "-c", """Console.WriteLine("busy"); while (true) { }""");
        Assert.Equal("busy", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        var completed = JsonNode.Parse(result.Output)!;
        Assert.Equal((130, "interrupted", "user"), (result.ExitCode, (string?)completed["outcome"], (string?)completed["reason"]));
        var receipt = Assert.Single(completed["receipts"]!.AsArray())!;
        Assert.Equal(("interrupted", "signal", true), ((string?)receipt["status"], (string?)receipt["rung"], (bool?)receipt["statePreserved"]));
        var (taken, unwound, reported) = ((long?)receipt["takenMicros"], (long?)receipt["unwoundMicros"], (long?)receipt["reportedMicros"]);
        Assert.True(taken >= 0 && taken <= unwound && unwound <= reported, receipt.ToJsonString());
    }

    [Fact]
    public async Task Code_that_handles_the_interrupt_goes_on_and_succeeds()
    {
        await using var command = await StartBusyAsync(
            """Console.WriteLine("busy"); try { while (true) { } } catch (KeyboardInterruptException) { } Console.WriteLine("went on");""");
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal((0, "went on\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("interrupt handled by the code in ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_sigint_within_two_seconds_climbs_the_ladder()
    {
        await using var command = await StartBusyAsync(Stubborn);
        command.Signal(CommandProcess.SigInt);
        Assert.Equal("caught", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.Contains("interrupted by insisting, in ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_third_sigint_kills_before_the_ladders_grace_is_over()
    {
        await using var command = CommandProcess.Start("run", "--json", "-c", Stubborn);
        Assert.Equal("busy", await command.ReadLineAsync());
        for (var press = 1; press <= 2; press++)
        {
            command.Signal(CommandProcess.SigInt);
            Assert.Equal("caught", await command.ReadLineAsync());
        }

        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        var receipts = JsonNode.Parse(result.Output.Split('\n')[^2])!["receipts"]!.AsArray();
        Assert.Equal(137, result.ExitCode);
        Assert.Equal(["handled", "killed", "killed"], receipts.Select(receipt => (string?)receipt!["status"]));
        Assert.All(receipts, receipt => Assert.DoesNotContain(receipt!["rungs"]!.AsArray(), rung => (string?)rung!["rung"] == "insist"));
    }

    [Fact]
    public async Task Sigterm_shuts_down_politely()
    {
        await using var command = await StartBusyAsync("""Console.WriteLine("busy"); try { while (true) { } } finally { Console.WriteLine("left cleanly"); }""");
        command.Signal(CommandProcess.SigTerm);
        var result = await command.EndAsync();
        Assert.Equal((143, "left cleanly\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_worker_that_dies_is_exit_code_70_and_the_message_says_how()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "Console.WriteLine(\"bye\"); Process.GetCurrentProcess().Kill();");
        Assert.Equal(70, result.ExitCode);
        Assert.Contains("9", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_is_not_there_is_exit_code_70()
    {
        await using var command = CommandProcess.Start(
            ["run", "-c", "1"],
            new Dictionary<string, string> { [WorkerOptions.WorkerPathVariable] = "/no/such/worker.dll" });
        var result = await command.EndAsync();
        Assert.Equal((70, ""), (result.ExitCode, result.Output));
        Assert.Contains("/no/such/worker.dll", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_2_written_to_the_shown_map_interrupts_and_is_cleared()
    {
        await using var command = CommandProcess.Start(
            "run",
            "--show-map",
            "-c",
            """
            try { Console.WriteLine("busy"); while (true) { } } catch (KeyboardInterruptException) { Console.WriteLine("taken"); }
            Console.ReadLine();
            """);
        Assert.Equal("busy", await command.ReadLineAsync());
        var map = Assert.Single(command.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries))["map: ".Length..];
        await using (var writer = CommandProcess.StartProgram("sh", ["-c", $"printf '\\002' | dd of={map} bs=1 count=1 conv=notrunc"]))
        {
            Assert.Equal(0, await writer.ExitCodeAsync());
        }

        Assert.Equal("taken", await command.ReadLineAsync());
        await using (var map0 = File.OpenRead(map))
        {
            Assert.Equal(0, map0.ReadByte());
        }

        command.Input.Close();
        Assert.Equal(0, (await command.EndAsync()).ExitCode);
    }

    private static async Task<CommandProcess> StartBusyAsync(string code)
    {
        var command = CommandProcess.Start("run", "-c", code);
        Assert.Equal("busy", await command.ReadLineAsync());
        return command;
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
