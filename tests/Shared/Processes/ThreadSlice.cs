using System.Runtime.InteropServices;

namespace ProcInterrupt.Tests.Shared.Processes;

/// <summary>How long a thread's turn on a processor is, as the kernel tells it.</summary>
internal static unsafe partial class ThreadSlice
{
    private const int Size = 48;
    private const int RuntimeAt = 24;

    /// <summary>Of <c>sched_getattr</c> on x64.</summary>
    private const nint Number = 315;

    /// <summary>Whether the kernel lets a thread choose.</summary>
    public static bool CanBeChosen { get; } = Environment.OSVersion.Version >= new Version(6, 12);

    /// <param name="thread">Its number; 0 for the calling one.</param>
    /// <returns>Nanoseconds; 0 where the kernel does not tell.</returns>
    public static long Of(int thread)
    {
        var attributes = stackalloc byte[Size];
        return GetAttributes(Number, thread, attributes, Size, 0) == 0
            ? *(long*)(attributes + RuntimeAt)
            : throw new InvalidOperationException($"sched_getattr({thread}): error {Marshal.GetLastPInvokeError()}");
    }

    /// <param name="process">Its threads are looked through.</param>
    /// <param name="name">The first 15 characters of the thread's name, as the kernel keeps it.</param>
    public static long Of(int process, string name) => Of(Directory.EnumerateDirectories($"/proc/{process}/task")
        .Where(folder => File.ReadAllText($"{folder}/comm").TrimEnd('\n') == name)
        .Select(static folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))
        .First());

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint GetAttributes(nint number, nint thread, byte* attributes, nint size, nint flags);
}
