using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;
using static ProcInterrupt.Tests.Cli.Repl.ReplTerminal;

namespace ProcInterrupt.Tests.Cli.Repl;

/// <summary><c>procinterrupt repl</c> as a person meets it.</summary>
public sealed class TerminalReplTests
{
    private const string Stubborn =
        """while (true) { try { Console.WriteLine("bu" + "sy"); while (true) { } } catch (KeyboardInterruptException) { } }""";

    [Fact]
    public async Task Values_are_shown_variables_stay_and_Ctrl_D_leaves()
    {
        await using var terminal = await StartAsync();
        Assert.StartsWith("ProcInterrupt, csharp ", Visible(terminal.Shown), StringComparison.Ordinal);
        Assert.Equal("", Visible(await terminal.RunAsync("var x = 41;")));
        Assert.Equal("42", Visible(await terminal.RunAsync("x + 1")));
        Assert.Equal("no newline", Visible(await terminal.RunAsync("Console.Write(\"no \" + \"newline\");")));
        Assert.Contains("error CS0103", Visible(await terminal.RunAsync("y")), StringComparison.Ordinal);
        Assert.Contains("System.Exception: why", Visible(await terminal.RunAsync("throw new Exception(\"why\");")), StringComparison.Ordinal);
        Assert.Equal("", Visible(await terminal.RunAsync("")));
        Assert.Equal("41", Visible(await terminal.RunAsync("x")));
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitCodeAsync());
    }

    [Fact]
    public async Task An_entry_goes_on_until_it_is_complete_with_its_lines_indented()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("int Twice(int n)\r");
        await terminal.UntilAsync("\r\n   ...> ");
        await terminal.TypeAsync("{\r");
        await terminal.UntilAsync("\r\n   ...>     ");
        await terminal.TypeAsync("return 2 * n;\r");
        await terminal.UntilAsync("   ...>     return 2 * n;\r\n   ...>     ");
        await terminal.TypeAsync("}");
        await terminal.UntilAsync("\r\n   ...> }");
        await terminal.RunAsync("");
        Assert.Equal("42", Visible(await terminal.RunAsync("Twice(21)")));
    }

    [Fact]
    public async Task Ctrl_C_interrupts_the_run_and_the_session_lives_on()
    {
        await using var terminal = await StartAsync();
        await terminal.RunAsync("var n = 0L;");
        await terminal.TypeAsync("Console.WriteLine(\"bu\" + \"sy\"); while (true) n++;\r");
        await terminal.UntilAsync("busy\r\n");
        await terminal.TypeAsync(CtrlC);
        Assert.Matches(@"^\^C\r\ninterrupted in [0-9.]+ (us|ms|s) \(taken after .*, unwound after .*\)\r\n", await terminal.UntilAsync("", Prompt));
        Assert.Equal("true", Visible(await terminal.RunAsync("n > 0")));
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitCodeAsync());
    }

    [Fact]
    public async Task Three_presses_kill_and_a_new_worker_takes_over()
    {
        await using var terminal = await StartAsync();
        await terminal.RunAsync("var x = 1;");
        await terminal.TypeAsync(Stubborn + "\r");
        for (var press = 1; press <= 3; press++)
        {
            // Two at once would be one to a terminal.
            await terminal.UntilAsync("busy\r\n");
            await terminal.TypeAsync(CtrlC);
        }

        await terminal.UntilAsync("worker killed after ", "The session is gone", "a new worker was started, with an empty session\r\n", Prompt);
        Assert.Contains("error CS0103", Visible(await terminal.RunAsync("x")), StringComparison.Ordinal);
        Assert.Equal("2", Visible(await terminal.RunAsync("1 + 1")));
    }

    [Fact]
    public async Task A_worker_that_dies_is_told_and_replaced()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("Process.GetCurrentProcess().Kill();\r");
        await terminal.UntilAsync("SIGKILL", "a new worker was started, with an empty session\r\n", Prompt);
        var worker = Visible(await terminal.RunAsync("Environment.ProcessId"));

        // At the prompt, too: whoever types next is told first.
        await using (var killer = CommandProcess.StartProgram("kill", ["-9", worker]))
        {
            Assert.Equal(0, await killer.ExitCodeAsync());
        }

        await CommandProcess.UntilGoneAsync(int.Parse(worker, CultureInfo.InvariantCulture));
        Assert.Contains("a new worker was started, with an empty session", Visible(await terminal.RunAsync("1 + 1")), StringComparison.Ordinal);
        Assert.Equal("2", Visible(await terminal.RunAsync("1 + 1")));
    }

    [Fact]
    public async Task Ctrl_C_at_the_prompt_discards_what_was_typed()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("while (true) { nonsense");
        await terminal.UntilAsync("nonsense");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("nonsense^C\r\n", Prompt);
        await terminal.TypeAsync("class A\r");
        await terminal.UntilAsync("...> ");
        await terminal.DiscardAsync();
        Assert.Equal("2", Visible(await terminal.RunAsync("1 + 1")));
    }

    [Fact]
    public async Task Up_brings_back_an_entry_as_a_whole()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("string.Join(\",\",\r");
        await terminal.UntilAsync("...> ");
        await terminal.TypeAsync("new[] { 1, 2 })\r");
        await terminal.UntilAsync("\"1,2\"\r\n", Prompt);
        Assert.Equal("42", Visible(await terminal.RunAsync("40 + 2")));
        Assert.Equal("42", Visible(await terminal.RunAsync(Up)));
        await terminal.TypeAsync(Up + Up);
        await terminal.UntilAsync("string.Join(\",\",\r\n", "...> ");
        await terminal.TypeAsync("\r");
        await terminal.UntilAsync("\"1,2\"\r\n", Prompt);
    }

    [Fact]
    public async Task Tab_completes_and_lists()
    {
        await using var terminal = await StartAsync();
        await terminal.RunAsync("var kilometres = 7;");
        await terminal.TypeAsync("kilom\t");
        await terminal.UntilAsync("csharp> kilometres");
        Assert.Equal("8", Visible(await terminal.RunAsync(" + 1")));
        await terminal.TypeAsync("Math.Cei\t");
        await terminal.UntilAsync("csharp> Math.Ceiling");
        await terminal.DiscardAsync();
        await terminal.TypeAsync("Console.WriteL");
        await terminal.UntilAsync("WriteL");
        await terminal.TypeAsync("\u0017Write\t");
        await terminal.UntilAsync("\r\nWrite", "WriteLine", Prompt + "Console.Write");
        await terminal.DiscardAsync();
        await terminal.TypeAsync("#he\t");
        await terminal.UntilAsync("csharp> #help");
        Assert.Contains("#reset", Visible(await terminal.RunAsync("")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_typed_while_code_runs_answers_its_questions()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("Console.Write(\"na\" + \"me? \"); var name = Console.ReadLine();\r");
        await terminal.UntilAsync("name? ");
        await terminal.TypeAsync("Ada\r");
        await terminal.UntilAsync("Ada\r\n\e[?2004h\r\e[Jcsharp> ");
        Assert.Equal("\"Ada\"", Visible(await terminal.RunAsync("name")));
    }

    [Fact]
    public async Task A_question_that_was_interrupted_does_not_swallow_the_next_entry()
    {
        await using var terminal = await StartAsync();
        for (var round = 0; round < 3; round++)
        {
            await terminal.TypeAsync("Console.Write(\"na\" + \"me? \"); Console.ReadLine();\r");
            await terminal.UntilAsync("name? ");
            await terminal.TypeAsync(CtrlC);
            await terminal.UntilAsync("interrupted in ", Prompt);
            Assert.Equal("42", Visible(await terminal.RunAsync("6 * 7")));
        }
    }

    [Fact]
    public async Task Ctrl_D_is_the_end_of_the_codes_input_and_not_of_the_repl()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("Console.Write(\"na\" + \"me? \"); Console.ReadLine() ?? \"nobody\"\r");
        await terminal.UntilAsync("name? ");
        await terminal.TypeAsync(CtrlD);
        await terminal.UntilAsync("\"nobody\"\r\n", Prompt);
        Assert.Equal("42", Visible(await terminal.RunAsync("6 * 7")));
    }

    [Fact]
    public async Task Pasted_lines_are_one_entry()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("\e[200~var a = 40;\nif (a > 50) { a = 0; }\nelse\n{\n    a += 2;\n}\e[201~");
        await terminal.UntilAsync("   ...>     a += 2;\r\n   ...> }");
        await terminal.RunAsync("");
        Assert.Equal("42", Visible(await terminal.RunAsync("a")));
    }

    [Fact]
    public async Task Lines_that_are_pasted_without_a_mark_are_entries_of_their_own()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("int F(int n)\n{\n    return n + 1;\n}\n");
        await terminal.UntilAsync("   ...>     return n + 1;\r\n   ...> }\r\n", Prompt);
        Assert.Equal("42", Visible(await terminal.RunAsync("F(41)")));
    }

    [Fact]
    public async Task Wide_characters_are_edited_as_one()
    {
        await using var terminal = await StartAsync();
        await terminal.TypeAsync("\"日本語\"\e[D\u007f");
        await terminal.UntilAsync("csharp> \"日本\"\r\e[13C");
        Assert.Equal("2", Visible(await terminal.RunAsync("\e[C.Length")));
    }

    [Fact]
    public async Task Background_output_leaves_the_entry_that_is_being_typed()
    {
        await using var terminal = await StartAsync();
        var sign = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await terminal.RunAsync($"new Thread(() => {{ while (!File.Exists(\"{sign}\")) Thread.Sleep(10); Console.WriteLine(\"la\" + \"te\"); }}).Start();");
        await terminal.TypeAsync("6 * 7");
        await terminal.UntilAsync(Prompt + "6 * 7");
        await File.WriteAllTextAsync(sign, "");
        await terminal.UntilAsync("late\r\n", Prompt + "6 * 7");
        File.Delete(sign);
        Assert.Equal("42", Visible(await terminal.RunAsync("")));
    }

    [Fact]
    public async Task The_repls_own_lines()
    {
        await using var terminal = await StartAsync();
        await terminal.RunAsync("var x = 1;");
        Assert.Contains("forget the session", Visible(await terminal.RunAsync("#help")), StringComparison.Ordinal);
        Assert.StartsWith("csharp", Visible(await terminal.RunAsync("#engine")), StringComparison.Ordinal);
        Assert.StartsWith("There is no engine 'cobol'; the known ones: csharp", Visible(await terminal.RunAsync("#engine cobol")), StringComparison.Ordinal);
        Assert.Equal("There is no #bogus; #help tells what there is.", Visible(await terminal.RunAsync("#bogus")));
        Assert.Equal("", Visible(await terminal.RunAsync("#reset")));
        Assert.Contains("error CS0103", Visible(await terminal.RunAsync("x")), StringComparison.Ordinal);
        await terminal.TypeAsync("#exit\r");
        Assert.Equal(0, await terminal.ExitCodeAsync());
    }

    [Fact]
    public async Task Code_that_exits_ends_its_run_and_not_the_session()
    {
        await using var terminal = await StartAsync();
        await terminal.RunAsync("var x = 41;");
        Assert.Equal("the code ended itself with exit code 3; the session goes on", Visible(await terminal.RunAsync("Environment.Exit(3);")));
        Assert.Equal("42", Visible(await terminal.RunAsync("x + 1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Console.WriteLine(\"bu\" + \"sy\"); try { while (true) { } } finally { Console.WriteLine(\"left\" + \" cleanly\"); }")]
    [InlineData("Console.WriteLine(\"bu\" + \"sy\"); Console.ReadLine();")]
    public async Task Sigterm_ends_politely_and_leaves_the_terminal_as_it_was(string running)
    {
        await using var terminal = await StartAsync(before: "stty -g; ", after: "; echo \"exit code $?\"; stty -g");
        var worker = int.Parse(Visible(await terminal.RunAsync("Environment.ProcessId")), CultureInfo.InvariantCulture);
        if (running.Length > 0)
        {
            await terminal.TypeAsync(running + "\r");
            await terminal.UntilAsync("busy\r\n");
        }
        else
        {
            await terminal.TypeAsync("half typed");
            await terminal.UntilAsync("half typed");
        }

        await using (var killer = CommandProcess.StartProgram("kill", ["-TERM", $"{ParentOf(worker)}"]))
        {
            Assert.Equal(0, await killer.ExitCodeAsync());
        }

        var end = await terminal.UntilAsync("", "exit code 143\r\n");
        Assert.Equal(running.Contains("cleanly", StringComparison.Ordinal), end.Contains("left cleanly", StringComparison.Ordinal));
        Assert.Equal(0, await terminal.ExitCodeAsync());
        AssertSameState(terminal.Shown);
    }

    [Fact]
    public async Task The_terminal_is_left_as_it_was()
    {
        await using var terminal = await StartAsync(before: "stty -g; ", after: "; stty -g");
        await terminal.RunAsync("1");
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitCodeAsync());
        AssertSameState(terminal.Shown);
    }

    [Fact]
    public async Task Code_finds_the_terminal_as_it_was()
    {
        await using var terminal = await StartAsync(before: "stty -g; ", after: "; true");
        var worker = int.Parse(Visible(await terminal.RunAsync("Environment.ProcessId")), CultureInfo.InvariantCulture);
        await terminal.TypeAsync("Console.WriteLine(\"bu\" + \"sy\"); Console.ReadLine();\r");
        await terminal.UntilAsync("busy\r\n");
        await using var state = CommandProcess.StartProgram("sh", ["-c", $"stty -g < /proc/{ParentOf(worker)}/fd/0"]);
        Assert.Contains((await state.EndAsync()).Output.Trim(), terminal.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NO_COLOR_is_honoured_and_without_it_there_is_colour()
    {
        await using (var plain = await StartAsync())
        {
            await plain.RunAsync("throw new Exception();");
            Assert.DoesNotMatch(@"\e\[[0-9;]*m", plain.Shown);
        }

        await using var coloured = await StartAsync(new Dictionary<string, string> { ["NO_COLOR"] = "" });
        await coloured.TypeAsync("throw new Exception();\r");
        await coloured.UntilAsync("\e[31mSystem.Exception", "\e[1mcsharp> \e[0m");
    }

    [Fact]
    public async Task A_terminal_that_cannot_be_drawn_on_gets_lines()
    {
        await using var terminal = await StartAsync(new Dictionary<string, string> { ["TERM"] = "dumb" });
        await terminal.TypeAsync("string.Concat(\"a\",\r");
        await terminal.UntilAsync("\r\n   ...> ");
        await terminal.TypeAsync("\"b\")\r");
        await terminal.UntilAsync("\"ab\"\r\ncsharp> ");
        await terminal.TypeAsync("while (true)\r");
        await terminal.UntilAsync("   ...> ");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("csharp> ");
        await terminal.TypeAsync("Console.WriteLine(\"bu\" + \"sy\"); while (true) { }\r");
        await terminal.UntilAsync("busy\r\n");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("interrupted in ", "csharp> ");
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitCodeAsync());
        Assert.DoesNotContain('\e', terminal.Shown);
    }

    [Fact]
    public async Task An_entry_taller_than_the_screen_can_be_edited()
    {
        await using var terminal = await StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 60).Select(i => $"n += {i};"));
        await terminal.TypeAsync($"\e[200~var n = 0;\n{lines}\e[201~");
        await terminal.UntilAsync("n += 59;");
        await terminal.TypeAsync(string.Concat(Enumerable.Repeat(Up, 59)) + "\u0001\u000bn += 100;");
        await terminal.UntilAsync("n += 100;", "n += 1;");
        await terminal.RunAsync("");
        Assert.Equal($"{100 + Enumerable.Range(1, 59).Sum()}", Visible(await terminal.RunAsync("n")));
    }

    private static void AssertSameState(string shown)
    {
        var states = Regex.Matches(shown, "[0-9a-f]+(:[0-9a-f]+){20,}").Select(match => match.Value).ToList();
        Assert.Equal(2, states.Count);
        Assert.Equal(states[0], states[1]);
    }

    /// <summary>Without what moves the cursor.</summary>
    private static string Visible(string shown) => Regex.Replace(shown, @"\e\[[?0-9;]*[A-Za-z]", "").Replace("\r", "", StringComparison.Ordinal).Trim('\n');
}
