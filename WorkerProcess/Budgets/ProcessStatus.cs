using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>What the kernel says of this process, read often and without garbage. Called by any thread.</summary>
internal static class ProcessStatus
{
    /// <summary>Both files are a line of some numbers.</summary>
    private const int MostBytes = 1024;

    private static readonly SafeFileHandle Statistics = File.OpenHandle("/proc/self/stat");
    private static readonly SafeFileHandle Memory = File.OpenHandle("/proc/self/statm");

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

    /// <summary>What native code and all heaps hold in physical memory, in bytes.</summary>
    public static long PrivateResidentBytes
    {
        get
        {
            const int resident = 1;
            const int ofFiles = 2;
            Span<byte> bytes = stackalloc byte[MostBytes];
            var line = Read(Memory, bytes);
            return (Field(line, resident) - Field(line, ofFiles)) * Environment.SystemPageSize;
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
