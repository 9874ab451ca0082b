using System.Runtime.InteropServices;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>A budget for CPython's heap: what would go beyond it is refused, and the code gets a <c>MemoryError</c>.</summary>
/// <remarks>
/// Around the raw allocator and that of the arenas, through which all other allocation of CPython goes. Costs about a seventh of
/// the speed of code that allocates much, so only where a budget was asked for. Called on any thread, with Python's lock or without.
/// </remarks>
internal static unsafe partial class PythonMemory
{
    private const int RawDomain = 0;
    private const long LeastReserve = 8L << 20;

    private static Allocator raw;
    private static ArenaAllocator arenas;
    private static long budget;
    private static long limit;
    private static long reserve;

    /// <summary>Before CPython is initialised.</summary>
    public static void Limit(PythonApi api, long bytes)
    {
        budget = limit = bytes;
        reserve = Math.Max(LeastReserve, bytes / 8);
        NativeHeap.FullBytes = budget - reserve;
        NativeHeap.ReleaseReserve = ReleaseReserve;
        fixed (Allocator* original = &raw)
        fixed (ArenaAllocator* originalArenas = &arenas)
        {
            ((delegate* unmanaged<int, Allocator*, void>)api.Optional("PyMem_GetAllocator"))(RawDomain, original);
            ((delegate* unmanaged<ArenaAllocator*, void>)api.Optional("PyObject_GetArenaAllocator"))(originalArenas);
        }

        var counting = new Allocator { Allocate = &Allocate, AllocateZeroed = &AllocateZeroed, Resize = &Resize, Free = &Free };
        ((delegate* unmanaged<int, Allocator*, void>)api.Optional("PyMem_SetAllocator"))(RawDomain, &counting);
        var countingArenas = new ArenaAllocator { Allocate = &AllocateArena, Free = &FreeArena };
        ((delegate* unmanaged<ArenaAllocator*, void>)api.Optional("PyObject_SetArenaAllocator"))(&countingArenas);
    }

    /// <summary>The run that went beyond the budget is over, and what it had made is gone.</summary>
    public static void KeepReserve()
    {
        Volatile.Write(ref limit, budget);
        NativeHeap.HasRefused = false;
    }

    /// <summary>The run is to unwind, or its code is over and what is left is ours to do: code that goes on after an error may have used up its reserve.</summary>
    private static void ReleaseReserve() => Volatile.Write(ref limit, budget + (2 * reserve));

    /// <summary>Counts what is about to be allocated.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="last">Nothing else is tried when it is refused: the code gets its error, and room in which to deal with that, to the run's end.</param>
    /// <returns>False when it would be too much.</returns>
    private static bool Take(nuint size, bool last = true)
    {
        if (Interlocked.Add(ref NativeHeap.UsedBytes, (long)size) <= Volatile.Read(ref limit))
        {
            return true;
        }

        GiveBack(size);
        if (last)
        {
            Interlocked.CompareExchange(ref limit, budget + reserve, budget);
            NativeHeap.HasRefused = true;
        }

        return false;
    }

    private static void GiveBack(nuint size) => Interlocked.Add(ref NativeHeap.UsedBytes, -(long)size);

    /// <summary>What was asked for is counted before, what was got afterwards.</summary>
    private static void* Correct(void* block, nuint counted)
    {
        Interlocked.Add(ref NativeHeap.UsedBytes, (block is null ? 0 : (long)UsableSize(block)) - (long)counted);
        return block;
    }

    [UnmanagedCallersOnly]
    private static void* Allocate(void* context, nuint size) =>
        Take(size) ? Correct(raw.Allocate(raw.Context, size), size) : null;

    [UnmanagedCallersOnly]
    private static void* AllocateZeroed(void* context, nuint count, nuint size)
    {
        var high = Math.BigMul(count, size, out var bytes);
        return high == 0 && bytes <= long.MaxValue && Take((nuint)bytes) ? Correct(raw.AllocateZeroed(raw.Context, count, size), (nuint)bytes) : null;
    }

    [UnmanagedCallersOnly]
    private static void* Resize(void* context, void* block, nuint size)
    {
        var before = block is null ? 0 : UsableSize(block);
        var more = size > before ? size - before : 0;
        if (!Take(more))
        {
            return null;
        }

        var resized = raw.Resize(raw.Context, block, size);
        if (resized is null)
        {
            GiveBack(more);
            return null;
        }

        return Correct(resized, before + more);
    }

    [UnmanagedCallersOnly]
    private static void Free(void* context, void* block)
    {
        if (block is not null)
        {
            GiveBack(UsableSize(block));
            raw.Free(raw.Context, block);
        }
    }

    [UnmanagedCallersOnly]
    private static void* AllocateArena(void* context, nuint size)
    {
        if (!Take(size, last: false))
        {
            return null;
        }

        var arena = arenas.Allocate(arenas.Context, size);
        if (arena is null)
        {
            GiveBack(size);
        }

        return arena;
    }

    [UnmanagedCallersOnly]
    private static void FreeArena(void* context, void* arena, nuint size)
    {
        GiveBack(size);
        arenas.Free(arenas.Context, arena, size);
    }

    [LibraryImport("libc", EntryPoint = "malloc_usable_size")]
    private static partial nuint UsableSize(void* block);

    /// <summary>PyMemAllocatorEx.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Allocator
    {
        public void* Context;
        public delegate* unmanaged<void*, nuint, void*> Allocate;
        public delegate* unmanaged<void*, nuint, nuint, void*> AllocateZeroed;
        public delegate* unmanaged<void*, void*, nuint, void*> Resize;
        public delegate* unmanaged<void*, void*, void> Free;
    }

    /// <summary>PyObjectArenaAllocator.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ArenaAllocator
    {
        public void* Context;
        public delegate* unmanaged<void*, nuint, void*> Allocate;
        public delegate* unmanaged<void*, void*, nuint, void> Free;
    }
}
