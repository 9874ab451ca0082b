using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary>What <c>procinterrupt run</c> makes of displays and progress.</summary>
public sealed class DisplayTests : IDisposable
{
    private const string Picture = "Display.Png(new byte[] { 137, 80, 78, 71 });";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Text_and_json_are_printed_and_a_picture_that_goes_nowhere_is_named_with_its_size_and_the_option()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "Display.Text(\"a text\"); Display.Json(\"[1,2]\"); " + Picture);
        Assert.Equal((0, "a text\n[1,2]\n"), (result.ExitCode, result.Output));
        Assert.Contains("image/png of 4 bytes", result.Error, StringComparison.Ordinal);
        Assert.Contains("--display-dir", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_are_written_under_the_runs_number_and_nothing_is_overwritten()
    {
        var place = Path.Combine(folder.FullName, "new", "place");
        const string code = Picture + """Display.Html("<b>ü</b>"); Display.Show(new Dictionary<string, string> { ["text/plain"] = "t", ["image/svg+xml"] = "<svg/>" });""";
        for (var time = 0; time < 2; time++)
        {
            var result = await CommandProcess.RunAsync("run", "--display-dir", place, "-c", code);
            Assert.Equal((0, "t\n"), (result.ExitCode, result.Output));
            Assert.Contains(Path.Combine(place, "1", $"{1 + time}.png"), result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(
            ["1.png", "2.html", "2.png", "3.html", "3.svg", "4.svg"],
            Directory.GetFiles(Path.Combine(place, "1")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([137, 80, 78, 71], await File.ReadAllBytesAsync(Path.Combine(place, "1", "2.png")));
        Assert.Equal("<b>ü</b>", await File.ReadAllTextAsync(Path.Combine(place, "1", "2.html")));
        Assert.Equal(["1"], Directory.GetFileSystemEntries(place).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_usage_error_before_anything_runs()
    {
        var file = Path.Combine(folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        foreach (var place in new[] { file, Path.Combine(file, "below"), "/proc/nothing/here", "" })
        {
            var result = await CommandProcess.RunAsync("run", "--display-dir", place, "-c", "Console.Write(\"ran\");");
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains($"'{place}'", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_said_to_be_base64_and_is_not_is_written_as_it_is()
    {
        var result = await CommandProcess.RunAsync(
            "run", "--display-dir", folder.FullName, "-c", """Display.Show(new Dictionary<string, string> { ["image/png"] = "not base64!", ["x-own/type"] = "AAEC" });""");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("not base64!", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "1", "1.png")));
        Assert.Equal([0, 1, 2], await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "1", "2.bin")));
    }

    [Fact]
    public async Task Progress_is_not_shown_where_nobody_looks()
    {
        var result = await CommandProcess.RunAsync("run", "-c", "Progress.Report(0.5, \"half\"); Console.Write(\"x\");");
        Assert.Equal(new CommandResult(0, "x", ""), result);
    }

    [Fact]
    public async Task A_session_reports_progress_and_displays_as_events()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, """Progress.Report(0.25, "a quarter"); Display.Png(new byte[] { 1, 2, 3 });""");
        await session.UntilAsync("completed", 1);
        var progress = Assert.Single(session.Events, e => (string?)e["event"] == "progress");
        Assert.Equal((1, 0.25, "a quarter"), ((int)progress["run"]!, (double)progress["fraction"]!, (string)progress["message"]!));
        var display = Assert.Single(session.Events, e => (string?)e["event"] == "display");
        Assert.Equal("AQID", (string?)display["data"]!["image/png"]);
    }
}
