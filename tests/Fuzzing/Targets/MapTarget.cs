using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>A page that is said to be an interrupt map.</summary>
internal sealed unsafe class MapTarget : IFuzzTarget, IDisposable
{
    private readonly byte* page = (byte*)NativeMemory.AlignedAlloc(InterruptMapLayout.Size, InterruptMapLayout.Size);

    public string Name => "map";

    public int Share => 20;

    public long AllowedBytes(int length) => 16 * 1024;

    public byte[] Valid(Random random)
    {
        var view = new InterruptMapView((nint)page);
        NativeMemory.Clear(page, InterruptMapLayout.Size);
        view.WriteHeader();

        // Header and word only: the rest is not checked and would hide the changes.
        const int headerEnd = InterruptMapLayout.MapSize + sizeof(uint);
        return new ReadOnlySpan<byte>(page + InterruptMapLayout.Magic, headerEnd - InterruptMapLayout.Magic).ToArray();
    }

    public string Feed(byte[] input)
    {
        const int room = InterruptMapLayout.Size - InterruptMapLayout.Magic;
        NativeMemory.Clear(page, InterruptMapLayout.Size);
        input.AsSpan(0, Math.Min(input.Length, room)).CopyTo(new Span<byte>(page + InterruptMapLayout.Magic, room));
        var view = new InterruptMapView((nint)page);
        var fault = view.DescribeHeaderFault();
        var right = *(ulong*)(page + InterruptMapLayout.Magic) == InterruptMapLayout.MagicValue
            && *(uint*)(page + InterruptMapLayout.Version) == InterruptMapLayout.VersionValue
            && *(uint*)(page + InterruptMapLayout.MapSize) == InterruptMapLayout.Size;
        return right == (fault is null) ? fault?[..10] ?? "a map" : throw new InvalidOperationException($"Said of it: {fault ?? "nothing"}.");
    }

    public void Dispose() => NativeMemory.AlignedFree(page);
}
