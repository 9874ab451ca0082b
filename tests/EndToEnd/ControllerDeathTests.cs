using System.Diagnostics;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A controller that is killed takes everything with it.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ControllerDeathTests
{
    /// <summary>What is promised.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("idle", null)]
    [InlineData("busy", "Console.Write(\"go\"); while (true) ;")]
    [InlineData("refusing to unwind", "Console.Write(\"go\"); try { while (true) ; } finally { while (true) ; }")]
    [InlineData("printing", "Console.Write(\"go\"); while (true) Console.WriteLine(new string('x', 1000));")]
    [InlineData("with foreground threads", "new Thread(() => { while (true) ; }).Start(); Console.Write(\"go\"); while (true) ;")]
    [InlineData("with a child of its own", "Process.Start(\"sleep\", \"300\"); Console.Write(\"go\"); while (true) ;")]
    public async Task Nothing_is_left_two_seconds_after_the_controller_was_killed(string state, string? code)
    {
        var folder = Directory.CreateTempSubdirectory("pi-");
        try
        {
            await using var command = CommandProcess.Start(["session", "--show-map"], new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = folder.FullName });
            var ready = await command.ReadLineAsync();
            var worker = int.Parse(System.Text.Json.Nodes.JsonNode.Parse(ready!)!["pid"]!.ToString());
            if (code is not null)
            {
                await command.Input.WriteLineAsync($$"""{"op":"run","run":1,"engine":"csharp","code":{{System.Text.Json.JsonSerializer.Serialize(code)}}}""");
                await command.Input.FlushAsync();
                string? line;
                while ((line = await command.ReadLineAsync())?.Contains("go", StringComparison.Ordinal) != true)
                {
                    Assert.NotNull(line);
                    Assert.DoesNotContain("completed", line, StringComparison.Ordinal);
                }
            }

            var session = SessionMembers(worker);
            Assert.Contains(worker, session);
            command.Signal(CommandProcess.SigKill);
            var since = Stopwatch.StartNew();
            while (session.Where(CommandProcess.IsRunning).ToList() is { Count: > 0 } alive)
            {
                Assert.True(since.Elapsed < Promise, $"{state}: still there after {since.Elapsed.TotalSeconds:F1} s: {string.Join(", ", alive)}");
                await Task.Delay(10);
            }

            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The processes of the worker's session: itself and what its runs started.</summary>
    private static List<int> SessionMembers(int worker) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(id => SessionOf(id) == worker)];

    private static int SessionOf(int processId)
    {
        try
        {
            // pid (name) state ppid pgrp session ...; the name may hold anything but is the last in parentheses.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
