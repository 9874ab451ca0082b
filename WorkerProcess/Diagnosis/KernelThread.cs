using System.Globalization;
using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>What the kernel says of a thread of this process.</summary>
internal static class KernelThread
{
    private const char Sleeping = 'S';
    private const char DiskSleep = 'D';

    private const string X64 =
        "0 read 1 write 7 poll 17 pread64 18 pwrite64 19 readv 20 writev 23 select 34 pause 35 nanosleep 42 connect "
        + "43 accept 44 sendto 45 recvfrom 46 sendmsg 47 recvmsg 61 wait4 72 fcntl 73 flock 74 fsync 128 rt_sigtimedwait "
        + "130 rt_sigsuspend 202 futex 230 clock_nanosleep 232 epoll_wait 247 waitid 257 openat 270 pselect6 271 ppoll "
        + "281 epoll_pwait 288 accept4 449 futex_waitv";

    private const string Arm64 =
        "22 epoll_pwait 25 fcntl 32 flock 56 openat 63 read 64 write 65 readv 66 writev 67 pread64 68 pwrite64 "
        + "72 pselect6 73 ppoll 82 fsync 95 waitid 98 futex 101 nanosleep 115 clock_nanosleep 133 rt_sigsuspend "
        + "137 rt_sigtimedwait 202 accept 203 connect 206 sendto 207 recvfrom 211 sendmsg 212 recvmsg 242 accept4 "
        + "260 wait4 449 futex_waitv";

    private static readonly Dictionary<long, string> Names = (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64)
        .Split(' ')
        .Chunk(2)
        .ToDictionary(static pair => long.Parse(pair[0], CultureInfo.InvariantCulture), static pair => pair[1]);

    /// <summary>System calls whose first argument is the descriptor that they wait for.</summary>
    private static readonly HashSet<string> OfDescriptors = new(
        ["read", "write", "readv", "writev", "pread64", "pwrite64", "connect", "accept", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg", "fcntl", "flock", "fsync"],
        StringComparer.Ordinal);

    /// <summary>Whether a thread waits in the kernel.</summary>
    /// <param name="thread">The kernel's id of it.</param>
    /// <returns><see langword="null"/> when the kernel does not say, or the thread is gone.</returns>
    public static bool? IsSleeping(int thread)
    {
        // The name, in brackets, may hold anything.
        var line = Read(thread, "stat");
        var end = line?.LastIndexOf(')') ?? -1;
        return line is not null && end >= 0 && end + 2 < line.Length ? line[end + 2] is Sleeping or DiskSleep : null;
    }

    /// <summary>The system call that a thread is in, such as <c>read(0)</c>; <see langword="null"/> when it is in none or the kernel does not say.</summary>
    /// <param name="thread">The kernel's id of it.</param>
    public static string? SystemCall(int thread)
    {
        var parts = Read(thread, "syscall")?.Split(' ');
        if (parts is not [var first, ..] || !long.TryParse(first, CultureInfo.InvariantCulture, out var number) || number < 0)
        {
            return null;
        }

        if (!Names.TryGetValue(number, out var name))
        {
            return string.Create(CultureInfo.InvariantCulture, $"system call {number}");
        }

        return OfDescriptors.Contains(name) && parts.Length > 1 && parts[1].StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(parts[1].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var descriptor)
                ? string.Create(CultureInfo.InvariantCulture, $"{name}({(int)descriptor})")
                : name;
    }

    private static string? Read(int thread, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
