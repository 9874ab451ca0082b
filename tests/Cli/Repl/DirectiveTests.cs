using ProcInterrupt.Cli.Repl;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class DirectiveTests
{
    [Theory]
    [InlineData("#help", nameof(DirectiveKind.Help), "")]
    [InlineData("  #reset \n", nameof(DirectiveKind.Reset), "")]
    [InlineData("#exit", nameof(DirectiveKind.Exit), "")]
    [InlineData("#quit", nameof(DirectiveKind.Exit), "")]
    [InlineData("#engine", nameof(DirectiveKind.Engine), "")]
    [InlineData("#engine  python", nameof(DirectiveKind.Engine), "python")]
    [InlineData("#bogus", nameof(DirectiveKind.Unknown), "")]
    [InlineData("#help me", nameof(DirectiveKind.Unknown), "me")]
    [InlineData("#Reset", nameof(DirectiveKind.Unknown), "")]
    public void The_repls_own_lines_are_known(string entry, string kind, string argument)
    {
        var directive = Directive.Of(entry, "csharp");
        Assert.Equal((Enum.Parse<DirectiveKind>(kind), argument), (directive!.Kind, directive.Argument));
    }

    [Theory]
    [InlineData("#r \"a.dll\"")]
    [InlineData("#load \"a.csx\"")]
    [InlineData("#if DEBUG")]
    [InlineData("#pragma warning disable")]
    [InlineData("#!/usr/bin/env procinterrupt")]
    [InlineData("#")]
    [InlineData("x # help")]
    [InlineData("#reset\nx")]
    [InlineData("1")]
    [InlineData("")]
    public void What_the_compiler_knows_is_code(string entry) => Assert.Null(Directive.Of(entry, "csharp"));

    [Theory]
    [InlineData("#bogus")]
    [InlineData("# help")]
    [InlineData("#help me if you can")]
    [InlineData("#reset the counter")]
    public void In_other_languages_the_rest_are_comments(string entry) => Assert.Null(Directive.Of(entry, "python"));

    [Fact]
    public void A_problem_says_what_to_type_instead()
    {
        Assert.Equal("There is no #bogus; #help tells what there is.", Directive.Of("#bogus", "csharp")!.Problem);
        Assert.Equal("#help me: write #help alone.", Directive.Of("#help me", "csharp")!.Problem);
    }
}
