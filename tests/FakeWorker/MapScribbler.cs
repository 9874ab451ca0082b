using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.FakeWorker;

/// <summary>Uses its right to write the map as nobody should.</summary>
internal sealed unsafe class MapScribbler
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly Random random;

    public MapScribbler(string path, int seed)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, InterruptMapLayout.Size, MemoryMappedFileAccess.ReadWrite);
        view = file.CreateViewAccessor(0, InterruptMapLayout.Size, MemoryMappedFileAccess.ReadWrite);
        random = new Random(seed);
    }

    /// <summary>Random words, doorbells, states and headers, without pause, from two threads.</summary>
    public void Start()
    {
        byte* address = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        var start = (nint)address;
        new Thread(() => WriteWords((ulong*)start)) { IsBackground = true }.Start();
        new Thread(() => WriteAnywhere((ulong*)start)) { IsBackground = true }.Start();
    }

    /// <summary>Tries to make the map smaller, larger, or to change what protects it.</summary>
    /// <returns>What each attempt came to: 0 where it worked, else -1.</returns>
    public static string Attack(string path)
    {
        const int readWrite = 2;
        const int addSeals = 1033;
        const int sealWrite = 8;
        const int sealFutureWrite = 16;
        var descriptor = Open(path, readWrite);
        var shrunk = Truncate(descriptor, 0);
        var grown = Truncate(descriptor, 1 << 20);
        var sealedAgain = Control(descriptor, addSeals, sealWrite | sealFutureWrite);
        return $"shrunk {shrunk}, grown {grown}, sealed {sealedAgain}";
    }

    private static void WriteWords(ulong* word)
    {
        // Signals of nobody's, different each time, as fast as the memory takes them.
        for (ulong turn = 0; ; turn++)
        {
            Volatile.Write(ref *word, (turn % 64) + 1);
        }
    }

    private void WriteAnywhere(ulong* start)
    {
        while (true)
        {
            var place = random.Next(4) == 0 ? 0 : random.Next(InterruptMapLayout.Size / sizeof(ulong));
            Volatile.Write(ref start[place], (ulong)random.NextInt64());
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "ftruncate")]
    private static extern int Truncate(int descriptor, long length);

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command, int argument);
}
