using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using ProcInterrupt.Tests.Cli;
using ProcInterrupt.Tests.Controller.Access;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Who can reach a running worker's map, pipe, secret and descriptors: seen by /proc, by strace, and by another user.</summary>
[Collection(EndToEndCollection.Name)]
public sealed partial class AccessTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    [Fact]
    public async Task The_map_is_its_owners_only()
    {
        var path = fixture.Worker.MapPath!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await using (var map = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1))
        {
            Assert.Equal(4096, map.Length);

            // Sealed: cutting it off would be fatal to both sides.
            Assert.ThrowsAny<Exception>(() => map.SetLength(0));
        }

        if (AnotherUser.IsAvailable)
        {
            var read = await AnotherUser.RunAsync("dd", $"if={path}", "of=/dev/null", "count=1");
            Assert.Contains("Permission denied", read.Error, StringComparison.Ordinal);
            var written = await AnotherUser.RunAsync("dd", "if=/dev/zero", $"of={path}", "bs=1", "count=1", "conv=notrunc");
            Assert.Contains("Permission denied", written.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_controller_has_open_reaches_neither_the_worker_nor_what_code_starts()
    {
        var file = Path.GetTempFileName();
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        MakeInheritable(handle);
        try
        {
            // The check is worth something only if a child does inherit it.
            await using (var child = CommandProcess.StartProgram("ls", ["-l", "/proc/self/fd"]))
            {
                Assert.Contains(file, (await child.EndAsync()).Output, StringComparison.Ordinal);
            }

            await using var worker = await Worker.StartAsync();
            Assert.DoesNotContain(file, Descriptors(worker.ProcessId).Values);

            const string list = "ls -l /proc/self/fd";
            await AssertStandardOnlyAsync(worker, "csharp", $"var p = Process.Start(\"sh\", [\"-c\", \"{list}\"]); p.WaitForExit();");
            await AssertStandardOnlyAsync(worker, "csharp", $"Console.Write(Process.Start(new ProcessStartInfo(\"sh\", [\"-c\", \"{list}\"]) {{ RedirectStandardOutput = true }}).StandardOutput.ReadToEnd());");
            await AssertStandardOnlyAsync(worker, "python", $"import subprocess\nsubprocess.run('{list}', shell=True, close_fds=False)");
            await AssertStandardOnlyAsync(worker, "python", "import os\nif os.fork() == 0: os.execvp('ls', ['ls', '-l', '/proc/self/fd'])\nos.wait()");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_secret_is_in_no_command_line_and_no_environment_and_of_no_use_afterwards()
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            // test.sh installs it; what /proc tells is looked at by the launch tests.
            return;
        }

        var trace = Path.GetTempFileName();
        try
        {
            string[] arguments =
            [
                "-f", "--seccomp-bpf", "-v", "-s", "65536", "-o", trace, "-e", "trace=execve,write,mkdir,mkdirat,chmod,fchmod,bind,listen,accept,accept4,connect,unlink,unlinkat,memfd_create,fcntl",
                CommandProcess.DotNet, CommandProcess.Assembly, "run", "-c", "System.Diagnostics.Process.Start(\"true\").WaitForExit();",
            ];
            await using (var traced = CommandProcess.StartProgram("strace", arguments))
            {
                var result = await traced.EndAsync();
                Assert.True(result.ExitCode == 0, result.Error);
            }

            var lines = await File.ReadAllLinesAsync(trace);

            // The one line that goes to the worker's standard input.
            var secret = lines.Select(static line => SecretWritten().Match(line)).Single(static match => match.Success).Groups[1].Value;
            var programs = lines.Where(static line => line.Contains("execve(", StringComparison.Ordinal)).ToList();
            Assert.Contains(programs, static line => line.Contains("--parent", StringComparison.Ordinal));
            Assert.Contains(programs, static line => line.Contains("/true\"", StringComparison.Ordinal));
            Assert.DoesNotContain(programs, line => line.Contains(secret, StringComparison.Ordinal));

            // Made for the owner only and not there before; unlinked once the worker is in.
            Assert.Contains(lines, static line => SocketFolderMade().IsMatch(line));
            var socket = lines.Select(static line => SocketBound().Match(line)).Single(static match => match.Success).Groups[1].Value;
            Assert.Single(lines, line => line.Contains("connect(", StringComparison.Ordinal) && line.Contains($"\"{socket}\"", StringComparison.Ordinal));
            var connected = Array.FindIndex(lines, line => line.Contains("connect(", StringComparison.Ordinal) && line.Contains($"\"{socket}\"", StringComparison.Ordinal));
            Assert.Contains(lines.Skip(connected), line => line.Contains("unlink", StringComparison.Ordinal) && line.Contains($"\"{socket}\"", StringComparison.Ordinal));
            Assert.False(File.Exists(socket));

            // The map: not inherited, the owner's, and sealed.
            Assert.Contains(lines, static line => line.Contains("memfd_create(\"procinterrupt\", MFD_CLOEXEC|MFD_ALLOW_SEALING)", StringComparison.Ordinal));
            Assert.Contains(lines, static line => line.Contains("fchmod(", StringComparison.Ordinal) && line.Contains("0600", StringComparison.Ordinal));
            Assert.Contains(lines, static line => line.Contains("F_ADD_SEALS, F_SEAL_SEAL|F_SEAL_SHRINK|F_SEAL_GROW", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    [Fact]
    public async Task Another_user_can_neither_look_into_the_worker_nor_end_it()
    {
        if (!AnotherUser.IsAvailable)
        {
            return;
        }

        var id = fixture.Worker.ProcessId;
        foreach (var name in new[] { "environ", "mem", "maps" })
        {
            var result = await AnotherUser.RunAsync("cat", $"/proc/{id}/{name}");
            Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
        }

        var ended = await AnotherUser.RunAsync("sh", "-c", $"kill -9 {id}");
        Assert.Contains("not permitted", ended.Error, StringComparison.OrdinalIgnoreCase);
        Assert.True(fixture.Worker.IsAlive);
    }

    /// <summary>Runs code that prints what <c>ls -l /proc/self/fd</c> does.</summary>
    private static async Task AssertStandardOnlyAsync(Worker worker, string engine, string code)
    {
        var run = worker.Run(engine, code);
        var text = "";
        await foreach (var next in run.Events)
        {
            text += (next as OutputEvent)?.Text;
        }

        var result = await run.Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, result.Error?.Message);
        var numbers = Listed().Matches(text).Where(static match => !match.Groups[2].Value.StartsWith("/proc/", StringComparison.Ordinal)).Select(static match => match.Groups[1].Value);
        Assert.Equal(["0", "1", "2"], numbers);
    }

    private static Dictionary<string, string> Descriptors(int process) =>
        Directory.GetFiles($"/proc/{process}/fd").ToDictionary(static path => path, static path => new FileInfo(path).LinkTarget ?? "");

    private static void MakeInheritable(SafeFileHandle handle)
    {
        const int setDescriptorFlags = 2;
        Assert.Equal(0, Control((int)handle.DangerousGetHandle(), setDescriptorFlags, 0));
    }

    [GeneratedRegex("""write\(\d+, "([0-9a-f]{64})\\n", 65\)""")]
    private static partial Regex SecretWritten();

    [GeneratedRegex("""mkdir\("[^"]*/procinterrupt-[0-9a-f]{32}", 0700\)\s+= 0""")]
    private static partial Regex SocketFolderMade();

    [GeneratedRegex("""bind\(\d+, \{sa_family=AF_UNIX, sun_path="([^"]*/procinterrupt-[0-9a-f]{32}/s)"\}""")]
    private static partial Regex SocketBound();

    [GeneratedRegex("""(\d+) -> (\S+)""")]
    private static partial Regex Listed();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
