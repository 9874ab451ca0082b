using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary>The command in a pseudo terminal, made by util-linux <c>script</c>; what is typed is written to its standard input.</summary>
public sealed class TerminalTests
{
    private const string CtrlC = "\u0003";
    private const string CtrlD = "\u0004";

    [Fact]
    public async Task Ctrl_C_interrupts_the_run_and_not_the_worker()
    {
        await using var terminal = Start("""run -c 'Console.WriteLine("busy"); try { while (true) { } } finally { Console.WriteLine("left cleanly"); }'""");
        await UntilAsync(terminal, "busy");
        await TypeAsync(terminal, CtrlC);
        var rest = await terminal.EndAsync();
        Assert.Equal(130, rest.ExitCode);
        Assert.Contains("left cleanly", rest.Output, StringComparison.Ordinal);
        Assert.Matches(@"\e\[33minterrupted in [0-9.]+ (us|ms|s) \(taken after ", rest.Output);
    }

    [Fact]
    public async Task Ctrl_C_twice_climbs_the_ladder()
    {
        await using var terminal = Start("""run -c 'while (true) { try { Console.WriteLine("busy"); while (true) { } } catch (KeyboardInterruptException) { } }'""");
        await UntilAsync(terminal, "busy");
        await TypeAsync(terminal, CtrlC);
        await UntilAsync(terminal, "busy");
        await TypeAsync(terminal, CtrlC);
        var rest = await terminal.EndAsync();
        Assert.Equal(130, rest.ExitCode);
        Assert.Contains("interrupted by insisting, in ", rest.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_while_the_worker_starts_ends_the_command()
    {
        await using var terminal = Start("run -c 'while (true) { }'", before: "echo starting; ");
        await UntilAsync(terminal, "starting");
        await TypeAsync(terminal, CtrlC);
        Assert.Equal(130, (await terminal.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_value_of_an_expression_is_shown_to_whoever_typed_it()
    {
        await using var terminal = Start("run -c '6 * 7'");
        var result = await terminal.EndAsync();
        Assert.Equal((0, "42"), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    public async Task NO_COLOR_is_honoured()
    {
        await using var terminal = Start("run -c 'throw new Exception(\"why\");'", new Dictionary<string, string> { ["NO_COLOR"] = "1" });
        var result = await terminal.EndAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("System.Exception: why", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Fact]
    public async Task What_is_typed_answers_the_codes_questions_and_can_be_interrupted_meanwhile()
    {
        await using var terminal = Start("""run -c 'Console.WriteLine("name?"); Console.WriteLine("hello " + Console.ReadLine()); Console.ReadLine();'""");
        await UntilAsync(terminal, "name?");
        await TypeAsync(terminal, "Ada\n");
        await UntilAsync(terminal, "hello Ada");
        await TypeAsync(terminal, CtrlC);
        Assert.Equal(130, (await terminal.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Ctrl_D_is_the_end_of_input()
    {
        await using var terminal = Start("""run -c 'Console.WriteLine("name?"); Console.WriteLine(Console.ReadLine() ?? "nobody");'""");
        await UntilAsync(terminal, "name?");
        await TypeAsync(terminal, CtrlD);
        var rest = await terminal.EndAsync();
        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("nobody", rest.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_the_first_character_of_what_is_typed()
    {
        await using var terminal = Start("""run -c 'Console.WriteLine("key?"); Console.WriteLine("got " + Console.ReadKey(intercept: true).Key);'""");
        await UntilAsync(terminal, "key?");
        await TypeAsync(terminal, "y\n");
        var rest = await terminal.EndAsync();
        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("got Y", rest.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_shown_as_a_bar_that_is_gone_at_the_end()
    {
        await using var terminal = Start("""run -c 'Progress.Report(0.5, "half\a way"); Console.WriteLine("printed");'""");
        var rest = await terminal.EndAsync();
        Assert.Equal(0, rest.ExitCode);
        Assert.Matches(@"\[#{15}\.{15}\] +50 ?% half way\r\e\[Kprinted", rest.Output);
    }

    /// <summary>Starts the command line in a terminal of its own; the exit code is the command's.</summary>
    private static CommandProcess Start(string commandLine, IReadOnlyDictionary<string, string>? environment = null, string before = "") => CommandProcess.StartProgram(
        "script",
        ["--quiet", "--return", "--command", $"{before}exec '{CommandProcess.DotNet}' '{CommandProcess.Assembly}' {commandLine}", "/dev/null"],
        new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["TERM"] = "xterm" });

    private static async Task TypeAsync(CommandProcess terminal, string keys)
    {
        await terminal.Input.WriteAsync(keys);
        await terminal.Input.FlushAsync();
    }

    private static async Task UntilAsync(CommandProcess terminal, string text)
    {
        while (await terminal.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The terminal never showed '{text}'. {terminal.ErrorText}");
    }
}
