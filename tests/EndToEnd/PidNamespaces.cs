using ProcInterrupt.Tests.Cli;

namespace ProcInterrupt.Tests.EndToEnd;

internal static class PidNamespaces
{
    /// <summary>Whether one can be made here, found out in another way than the library's.</summary>
    public static async Task<bool> AreAllowedAsync()
    {
        await using var trial = CommandProcess.StartProgram("unshare", ["--pid", "--fork", "--mount-proc", "true"]);
        return await trial.ExitCodeAsync() == 0;
    }
}
