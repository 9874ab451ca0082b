using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

/// <summary><c>procinterrupt repl</c> with a script on its standard input.</summary>
public sealed class ScriptReplTests
{
    [Fact]
    public async Task A_script_runs_to_its_end_and_values_are_printed()
    {
        var result = await RunAsync("""
            var x = 41;

            int Twice(int n)
            {

                return 2 * n;
            }
            x + 1
            Twice(x)
            if (x > 50)
            {
                Console.WriteLine("large");
            }
            else
            {
                Console.WriteLine("small");
            }
            Console.Write("no newline"); "größer ✓"
            null
            string.Join(",",
                new[] { 1, 2 })
            // a comment
            """);
        Assert.Equal(new CommandResult(0, "42\n82\nsmall\nno newline\n\"größer ✓\"\nnull\n\"1,2\"\n", ""), result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n")]
    [InlineData("// nothing\n")]
    public async Task A_script_without_code_succeeds(string script) => Assert.Equal(new CommandResult(0, "", ""), await RunAsync(script));

    [Fact]
    public async Task The_first_failure_ends_the_script_and_is_told_with_its_line()
    {
        var result = await RunAsync("1\n\nint F(int n)\n{\n    throw new FormatException(\"no such luck\");\n}\nF(2)\n3\n");
        Assert.Equal((1, "1\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("line 7: System.FormatException: no such luck\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("line 5\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("line 7\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compilers_messages_have_the_scripts_lines()
    {
        var result = await RunAsync("1\n\nvoid F()\n{\n    int j = \"a\";\n}\n2\n");
        Assert.Equal((1, "1\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("line 3: (5,13): error CS0029: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_entry_that_is_not_complete_fails_with_its_compile_error()
    {
        var result = await RunAsync("1\nwhile (true)\n{\n");
        Assert.Equal((1, "1\n"), (result.ExitCode, result.Output));
        Assert.Matches(@"^line 2: \(3,\d+\): error CS\d+: .*expected\n$", result.Error);
    }

    [Fact]
    public async Task Lines_may_end_as_on_Windows() => Assert.Equal(new CommandResult(0, "3\n", ""), await RunAsync("var x = 1;\r\nx +\r\n2\r\n"));

    [Fact]
    public async Task A_line_that_is_not_text_is_named()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.BaseStream.WriteAsync("1\n\u0001\n"u8.ToArray().Select(b => b == 1 ? (byte)0xff : b).ToArray());
        command.Input.Close();
        Assert.Equal(new CommandResult(2, "1\n", "procinterrupt: Line 2 of the script is not UTF-8 text.\n"), await command.EndAsync());
    }

    [Fact]
    public async Task What_the_code_reads_comes_from_the_lines_behind_it()
    {
        var result = await RunAsync("var a = Console.ReadLine();\nAda\nif (a == \"Ada\") a += Console.ReadLine();\nLovelace\na\nConsole.ReadLine() ?? \"the end\"");
        Assert.Equal(new CommandResult(0, "\"AdaLovelace\"\n\"the end\"\n", ""), result);
    }

    [Fact]
    public async Task A_program_can_drive_it_line_by_line()
    {
        await using var command = CommandProcess.Start("repl");
        foreach (var (line, answer) in new[] { ("6 * 7", "42"), ("var x = 8; x", "8"), ("while (x < 10) {", null), ("x++; }", null), ("x", "10") })
        {
            await command.Input.WriteLineAsync(line);
            await command.Input.FlushAsync();
            if (answer is not null)
            {
                Assert.Equal(answer, await command.ReadLineAsync());
            }
        }

        command.Input.Close();
        Assert.Equal(new CommandResult(0, "", ""), await command.EndAsync());
    }

    [Theory]
    [InlineData("1\nEnvironment.Exit(3);\n2\n", 3, "1\n")]
    [InlineData("1\nEnvironment.Exit(0);\n2\n", 0, "1\n")]
    [InlineData("1\n#exit\n2\n", 0, "1\n")]
    [InlineData("var x = 1;\n#reset\nvar y = 2; y\n", 0, "2\n")]
    public async Task A_script_can_end_itself_and_reset_its_session(string script, int exitCode, string output) =>
        Assert.Equal(new CommandResult(exitCode, output, ""), await RunAsync(script));

    [Fact]
    public async Task After_a_reset_the_variables_are_gone()
    {
        var result = await RunAsync("var x = 1;\n#reset\nx\n");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("line 3: (3,1): error CS0103", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#bogus", "line 1: There is no #bogus; #help tells what there is.\n")]
    [InlineData("#engine cobol", "line 1: There is no engine 'cobol'; the known ones: ")]
    public async Task A_directive_that_cannot_be_done_is_a_failure(string line, string expected)
    {
        var result = await RunAsync(line + "\n1\n");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_compilers_directives_are_its_own()
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-test-");
        try
        {
            var loaded = Path.Combine(folder.FullName, "more.csx");
            await File.WriteAllTextAsync(loaded, "int Twice(int n) => 2 * n;");
            Assert.Equal(
                new CommandResult(0, "42\n\"no\"\n", ""),
                await RunAsync($"#load \"{loaded}\"\n#r \"System.Net.Http.dll\"\nTwice(21)\n#if NOTHING\n\"yes\"\n#else\n\"no\"\n#endif\n"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_unknown_engine_is_a_usage_error_that_names_the_known_ones()
    {
        var result = await CommandProcess.RunWithInputAsync("1\n", "repl", "--engine", "cobol");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("procinterrupt: There is no engine 'cobol'; the known ones: csharp", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigint_interrupts_the_run_and_ends_the_script_there()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteAsync("var a = 1;\ntry { Console.WriteLine(\"busy\"); while (true) { } } finally { Console.WriteLine(\"left cleanly\"); }\n2\n");
        await command.Input.FlushAsync();
        Assert.Equal("busy", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal((130, "left cleanly\n"), (result.ExitCode, result.Output));
        Assert.Matches(@"^interrupted in .* \(taken after .*\)\nline 2: interrupted \(user\)\n$", result.Error);
    }

    [Fact]
    public async Task Code_that_deals_with_the_interrupt_goes_on_and_so_does_the_script()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteAsync("try { Console.WriteLine(\"busy\"); while (true) { } } catch (KeyboardInterruptException) { }\n\"went on\"\n");
        command.Input.Close();
        Assert.Equal("busy", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal((0, "\"went on\"\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("interrupt handled by the code in ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigint_while_the_next_line_is_waited_for_ends_the_script()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteLineAsync("6 * 7");
        await command.Input.FlushAsync();
        Assert.Equal("42", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigInt);
        Assert.Equal(130, (await command.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("Console.WriteLine(\"busy\"); try { while (true) { } } finally { Console.WriteLine(\"left cleanly\"); }", "left cleanly\n")]
    [InlineData("Console.WriteLine(\"busy\");", "")]
    [InlineData("Console.WriteLine(\"busy\"); Console.ReadLine();", "")]
    public async Task Sigterm_ends_politely(string line, string output)
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteLineAsync(line);
        await command.Input.FlushAsync();
        Assert.Equal("busy", await command.ReadLineAsync());
        command.Signal(CommandProcess.SigTerm);
        var result = await command.EndAsync();
        Assert.Equal((143, output), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_killed_run_ends_the_script()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteAsync("Console.WriteLine(\"busy\"); while (true) { try { while (true) { } } catch (KeyboardInterruptException) { Console.WriteLine(\"caught\"); } }\n1\n");
        await command.Input.FlushAsync();
        Assert.Equal("busy", await command.ReadLineAsync());
        for (var press = 1; press <= 2; press++)
        {
            command.Signal(CommandProcess.SigInt);
            Assert.Equal("caught", await command.ReadLineAsync());
        }

        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal((137, ""), (result.ExitCode, result.Output));
        Assert.Contains("line 1: The worker process ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_ends_the_script()
    {
        var result = await RunAsync("1\nProcess.GetCurrentProcess().Kill();\n2\n");
        Assert.Equal((70, "1\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("line 2: The worker process ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_cannot_be_read_is_an_error_in_words()
    {
        await using var command = CommandProcess.StartProgram("sh", ["-c", $"exec '{CommandProcess.DotNet}' '{CommandProcess.Assembly}' repl < /"]);
        Assert.Equal(new CommandResult(2, "", "procinterrupt: Standard input cannot be read: Is a directory.\n"), await command.EndAsync());
    }

    [Fact]
    public async Task Output_that_cannot_be_written_is_an_error_in_words()
    {
        await using var command = CommandProcess.StartProgram(
            "sh", ["-c", $"echo 'while (true) Console.WriteLine(1);' | '{CommandProcess.DotNet}' '{CommandProcess.Assembly}' repl > /dev/full"]);
        var result = await command.EndAsync();
        Assert.Equal((1, "procinterrupt: standard output cannot be written: No space left on device\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task When_the_reader_goes_away_it_ends_quietly()
    {
        await using var command = CommandProcess.Start("repl");
        await command.Input.WriteLineAsync("while (true) Console.WriteLine(\"more\");");
        await command.Input.FlushAsync();
        Assert.Equal("more", await command.ReadLineAsync());
        command.Output.Close();
        Assert.Equal((141, ""), (await command.ExitCodeAsync(), command.ErrorText));
    }

    [Fact]
    public async Task A_thousand_lines_of_one_class_are_one_entry()
    {
        var methods = string.Concat(Enumerable.Range(0, 1000).Select(i => $"    public int M{i}() => {i};\n"));
        var result = await RunAsync($"class Large\n{{\n{methods}}}\nnew Large().M999()\nthrow new Exception();\n");
        Assert.Equal((1, "999\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("line 1005: ", result.Error, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RunAsync(string script) => CommandProcess.RunWithInputAsync(script, "repl");
}
