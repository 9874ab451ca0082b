using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary>The command with Python: functions of a host assembly, a script in the REPL, both engines in one session.</summary>
public sealed class PythonCommandTests
{
    private static string Host => Repository.PathOf("samples/BlockingSleep/bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "net10.0/BlockingSleep.dll");

    [Fact]
    public async Task Run_offers_the_functions_of_a_host_assembly_and_says_which_cannot_be_used()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "from procinterrupt.host import blocking_sleep\nblocking_sleep(0)\nprint(blocking_sleep.__name__)", "--engine", "python", "--host", Host);
        Assert.Equal((0, "blocking_sleep\n", ""), (result.ExitCode, result.Output, result.Error));
        var wrong = await CommandProcess.RunAsync("run", "-c", "1", "--engine", "python", "--host", Host + ".missing");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains(".missing", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repl_has_continuation_lines_values_and_host_functions()
    {
        const string script = "from procinterrupt.host import *\ndef twice(n):\n    return 2 * n\n\ntwice(21)\nblocking_sleep.__name__\n";
        var result = await CommandProcess.RunWithInputAsync(script, "repl", "--engine", "python", "--host", Host);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("42\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("'blocking_sleep'\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_holds_both_engines_each_with_its_own_names()
    {
        await using var session = await SessionClient.StartAsync("--host", Host);
        await session.CompleteAsync(1, "var kept = 1;");
        await session.SendAsync("""{"op":"run","run":2,"engine":"python","code":"kept = 41"}""");
        await session.UntilAsync("completed", 2);
        await session.SendAsync("""{"op":"run","run":3,"engine":"python","code":"import procinterrupt\nprint('go')\nwith procinterrupt.shield(0.2): procinterrupt.host.blocking_sleep(60)"}""");
        await session.UntilPrintedAsync(3, "go");
        await session.SendAsync("""{"op":"interrupt","run":3,"id":"a"}""");
        Assert.Equal("interrupted", (string?)(await session.UntilAsync("completed", 3))["outcome"]);
        await session.SendAsync("""{"op":"run","run":4,"engine":"python","code":"kept + 1"}""");
        Assert.Equal("42", (string?)(await session.UntilAsync("completed", 4))["value"]);
        Assert.Equal("2", (string?)(await session.CompleteAsync(5, "kept + 1"))["value"]);
        await session.SendAsync("""{"op":"reset","engine":"python"}""");
        await session.SendAsync("""{"op":"run","run":6,"engine":"python","code":"kept"}""");
        Assert.Equal("failed", (string?)(await session.UntilAsync("completed", 6))["outcome"]);
        Assert.Equal("2", (string?)(await session.CompleteAsync(7, "kept + 1"))["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }
}
