using ProcInterrupt.Cli.Running;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Running;

public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("System.Exception", "x", "   at Main() in x.csx:line 1", "System.Exception: x\n   at Main() in x.csx:line 1")]
    [InlineData("System.Exception", "x", "", "System.Exception: x")]
    [InlineData("CompilationError", "(1,1): error CS1002: ; expected", "", "(1,1): error CS1002: ; expected")]
    [InlineData("", "no such engine", "", "no such engine")]
    [InlineData("KeyError", "'k'", "Traceback (most recent call last):\n  line 1\nKeyError: 'k'\n", "Traceback (most recent call last):\n  line 1\nKeyError: 'k'\n")]
    public void Type_message_and_traceback_are_each_shown_once(string type, string message, string traceback, string expected) =>
        Assert.Equal(expected, ErrorText.Of(new RunError(type, message, traceback)));
}
