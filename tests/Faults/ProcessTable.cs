using System.Globalization;
using System.Runtime.InteropServices;

namespace ProcInterrupt.Tests.Faults;

/// <summary>The processes of the system, as /proc has them.</summary>
internal static partial class ProcessTable
{
    public const int SigKill = 9;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>Sends a signal; nothing happens when the process is gone.</summary>
    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    /// <summary>Whether SIGSTOP has taken effect: a moment after it was sent, thread by thread.</summary>
    public static bool IsStopped(int processId) =>
        Directory.GetDirectories($"/proc/{processId}/task").All(task => Fields(processId, $"task/{Path.GetFileName(task)}/stat") is ["T", ..]);

    /// <summary>The workers that a process has started, as their command lines tell.</summary>
    public static List<int> WorkersOf(int controller) => Where(id => Read(id, "cmdline").Contains($"--parent\0{controller}\0", StringComparison.Ordinal));

    /// <summary>The processes of a session: a worker and what its runs started.</summary>
    public static List<int> SessionMembers(int leader) => Where(id => SessionOf(id) == leader);

    private static List<int> Where(Predicate<int> wanted) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0 && wanted(id)),
    ];

    private static int SessionOf(int processId)
    {
        // state ppid pgrp session; zombies are nobody.
        var fields = Fields(processId, "stat");
        return fields.Length > 3 && fields[0] is not ("Z" or "X") ? int.Parse(fields[3], CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>What follows the name, which may hold anything but is the last in parentheses.</summary>
    private static string[] Fields(int processId, string what)
    {
        var stat = Read(processId, what);
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Read(int processId, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{what}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
