using System.Diagnostics;
using System.Globalization;

namespace ProcInterrupt.Tests.Soak;

/// <summary>What is in use at a moment.</summary>
/// <param name="Threads">Of this process, without those of the runtime whose number is its own business.</param>
/// <param name="Descriptors">Of this process.</param>
/// <param name="Children">Processes that this one started, ended ones that nobody has looked at included.</param>
/// <param name="Files">In the folder for sockets.</param>
/// <param name="Heap">Bytes that are alive in this process after a collection.</param>
/// <param name="Resident">Bytes of this process in memory.</param>
internal sealed record SoakUse(int Threads, int Descriptors, int Children, int Files, long Heap, long Resident)
{
    /// <summary>The runtime's own, as many and as long as it likes: the pool, the background collection and the compilation in tiers, as the kernel cuts their names.</summary>
    private static readonly string[] RuntimesOwn = [".NET TP", ".NET BGC", ".NET Tiered Com"];

    /// <summary>What the descriptors are, but for loaded assemblies, of which there may be more later. One that is closed meanwhile is left out.</summary>
    public static IEnumerable<string> Descriptions() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Select(static path => new FileInfo(path).LinkTarget)
        .OfType<string>()
        .Select(static target => Path.GetFileName(target))
        .Where(static name => !name.EndsWith(".dll", StringComparison.Ordinal));

    /// <summary>The names of the threads that count.</summary>
    public static IEnumerable<string> ThreadNames() => Directory.EnumerateDirectories("/proc/self/task")
        .Select(NameOf)
        .Where(static name => !Array.Exists(RuntimesOwn, own => name.StartsWith(own, StringComparison.Ordinal)));

    /// <param name="folder">The folder for sockets.</param>
    public static SoakUse Look(string folder)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var threads = ThreadNames().Count();
        var descriptors = Descriptions().Count();
        return new SoakUse(threads, descriptors, CountChildren(), Directory.EnumerateFileSystemEntries(folder).Count(), heap, ResidentOf(Environment.ProcessId) ?? 0);
    }

    /// <returns>Bytes in memory, or null when there is no such process.</returns>
    public static long? ResidentOf(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            // It has just ended.
            return ".NET TP";
        }
    }

    private static int CountChildren()
    {
        var count = 0;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    // PID (NAME) STATE PARENT; the name may hold anything.
                    var stat = File.ReadAllText($"/proc/{process.Id}/stat");
                    count += int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) == Environment.ProcessId ? 1 : 0;
                }
                catch (IOException)
                {
                    // It has just ended.
                }
            }
        }

        return count;
    }
}
