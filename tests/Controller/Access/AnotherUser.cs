using System.Runtime.InteropServices;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.Controller.Access;

/// <summary>Does things as somebody else: user 65534, which owns nothing. Takes root.</summary>
internal static partial class AnotherUser
{
    private const int Nobody = 65534;

    /// <summary>Whether this process may act for others; CI's does.</summary>
    public static bool IsAvailable => UserId() == 0 && File.Exists("/usr/bin/setpriv");

    /// <summary>Runs a program as nobody.</summary>
    public static async Task<CommandResult> RunAsync(params string[] command)
    {
        string[] arguments = [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--no-new-privs", "--", .. command];
        await using var process = CommandProcess.StartProgram("/usr/bin/setpriv", arguments);
        return await process.EndAsync();
    }

    /// <summary>Gives a file or folder away.</summary>
    public static void Give(string path) => Assert.Equal(0, ChangeOwner(path, Nobody, Nobody));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial int UserId();

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int user, int group);
}
