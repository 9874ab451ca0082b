using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>The limits of the calling thread's stack, and the slow half of the recursion guard.</summary>
internal static unsafe partial class ThreadStack
{
    /// <summary>What is kept free for the base library and for unwinding, in bytes: 1 MB, or a quarter of a small stack.</summary>
    private const uint Headroom = 1024 * 1024;

    /// <summary>What guarded code may use at most, in bytes: 8 MB, as a main thread has.</summary>
    private const uint MostUsable = 8 * 1024 * 1024;

    /// <summary>The lowest address that guarded code may reach on this thread; 0 = not asked yet.</summary>
    [ThreadStatic]
    private static nuint low;

    /// <summary>The lowest address that guarded code may reach on the calling thread, headroom counted.</summary>
    public static nuint Low => low != 0 ? low : low = Measure().Low;

    /// <summary>The calling thread's usable stack: from <see cref="Low"/> to its top.</summary>
    public static (nuint Low, nuint Size) Measure()
    {
        // pthread_attr_t is 56 bytes on x64 and 64 on arm64.
        var attributes = stackalloc byte[128];
        if (GetThreadAttributes(Self(), attributes) != 0)
        {
            throw new InvalidOperationException("The limits of the thread's stack cannot be read (pthread_getattr_np).");
        }

        try
        {
            if (GetStack(attributes, out var start, out var size) != 0)
            {
                throw new InvalidOperationException("The limits of the thread's stack cannot be read (pthread_attr_getstack).");
            }

            var usable = Math.Min(MostUsable, size - Math.Min(Headroom, size / 4));
            return (start + size - usable, usable);
        }
        finally
        {
            _ = DestroyAttributes(attributes);
        }
    }

    public static void Guard(nuint frame, int extraBytes)
    {
        var limit = Low;
        if (frame < limit || frame - limit < (nuint)Math.Max(0, extraBytes))
        {
            throw new InsufficientExecutionStackException("The recursion is too deep: the thread's stack is nearly used up.");
        }
    }

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int GetThreadAttributes(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int GetStack(byte* attributes, out nuint start, out nuint size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);
}
