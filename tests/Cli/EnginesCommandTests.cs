using System.Text.Json.Nodes;
using ProcInterrupt.Cli.Listing;
using ProcInterrupt.Cli.Terminal;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

public sealed class EnginesCommandTests
{
    [Fact]
    public async Task It_lists_csharp_with_its_version()
    {
        var result = await CommandProcess.RunAsync("engines");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"(?m)^csharp +\S*[0-9]+\.[0-9]+", result.Output);
    }

    [Fact]
    public async Task Json_is_one_line()
    {
        var result = await CommandProcess.RunAsync("engines", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var csharp = JsonNode.Parse(result.Output)!["engines"]!.AsArray().Single(engine => (string?)engine!["name"] == "csharp")!;
        Assert.Equal(["name", "version", "unavailable"], csharp.AsObject().Select(field => field.Key));
        Assert.Null(csharp["unavailable"]);
    }

    [Fact]
    public void An_engine_that_is_not_available_says_why()
    {
        EngineInfo[] engines = [new("csharp", "5.12.0", null), new("x", "", "install libx")];
        Assert.Equal(["csharp  5.12.0", "x       not available: install libx"], EnginesCommand.Describe(engines, new TerminalStyle(colour: false)));
    }
}
