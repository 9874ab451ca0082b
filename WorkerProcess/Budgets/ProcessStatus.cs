using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>What the kernel says of this process, read often and without garbage. Called by any thread.</summary>
internal static class ProcessStatus
{
    /// <summary>The first two files are a line of some numbers.</summary>
    private const int MostBytes = 1024;

    private static readonly SafeFileHandle Statistics = File.OpenHandle("/proc/self/stat");
    private static readonly SafeFileHandle Memory = File.OpenHandle("/proc/self/statm");
    private static readonly SafeFileHandle Status = File.OpenHandle("/proc/self/status");

    /// <summary>How many threads the process has.</summary>
    public static long Threads
    {
        get
        {
            Span<byte> bytes = stackalloc byte[MostBytes];
            var line = Read(Statistics, bytes);

            // The second field is the program's name in brackets, and may hold anything; the numbers are counted from behind it.
            const int threads = 18;
            return Field(line[(line.LastIndexOf((byte)')') + 1)..], threads);
        }
    }

    /// <summary>What native code and all heaps hold in physical memory, in bytes; also what other processes could share, but no file's.</summary>
    public static long ResidentBytes
    {
        get
        {
            const int resident = 1;
            const int ofFiles = 2;
            Span<byte> bytes = stackalloc byte[MostBytes];
            var line = Read(Memory, bytes);
            return ((Field(line, resident) - Field(line, ofFiles)) * Environment.SystemPageSize) + SharedBytes;
        }
    }

    /// <summary>Memory without a file that other processes could share; the kernel counts it with the files.</summary>
    private static long SharedBytes
    {
        get
        {
            // Some lines before it are lists; where one is so long that it is not reached, it counts as none.
            const int mostStatusBytes = 8 * 1024;
            const int kilobyte = 1024;
            Span<byte> bytes = stackalloc byte[mostStatusBytes];
            var text = Read(Status, bytes);
            var name = "\nRssShmem:"u8;
            return text.IndexOf(name) is var at && at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..].TrimStart("\t "u8), out long kilobytes, out _)
                ? kilobytes * kilobyte
                : 0;
        }
    }

    /// <summary>What counts against the kernel's limit of data, in bytes.</summary>
    public static long DataBytes
    {
        get
        {
            const int data = 5;
            Span<byte> bytes = stackalloc byte[MostBytes];
            return Field(Read(Memory, bytes), data) * Environment.SystemPageSize;
        }
    }

    private static ReadOnlySpan<byte> Read(SafeFileHandle file, Span<byte> bytes) => bytes[..RandomAccess.Read(file, bytes, fileOffset: 0)];

    private static long Field(ReadOnlySpan<byte> line, int index)
    {
        foreach (var field in line.Split((byte)' '))
        {
            if (index-- == 0)
            {
                return Utf8Parser.TryParse(line[field], out long number, out _) ? number : throw new InvalidDataException("The kernel's account of this process is not understood.");
            }
        }

        throw new InvalidDataException("The kernel's account of this process is too short.");
    }
}
