using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using ProcInterrupt.Interrupts.Platform;

namespace ProcInterrupt.Interrupts;

/// <summary>The worker's page that code polls: one address for the worker's life, whatever buffer is mapped there.</summary>
/// <remarks>
/// Buffers are swapped by mapping over the same address; unmapping under a polling loop would be fatal. Without a buffer
/// the address holds a private page. <see cref="Swap"/> is called by one thread at a time; the view may be used by any.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class InterruptPage
{
    private OldBuffer? current;

    public InterruptPage()
    {
        var address = Libc.Map(0, InterruptMapLayout.Size, Libc.ProtReadWrite, Libc.MapPrivate | Libc.MapAnonymous, -1, 0);
        if (address == Libc.MapFailed)
        {
            throw Failure("a private page", "mmap");
        }

        View = new InterruptMapView(address);
    }

    public InterruptMapView View { get; }

    /// <summary>Whether a buffer is mapped, rather than the private page.</summary>
    public bool HasBuffer => current is not null;

    /// <summary>Maps another buffer, or the private page, over the old one.</summary>
    /// <param name="path">What opens as the buffer; <see langword="null"/> for none.</param>
    /// <returns>
    /// The old buffer through its second mapping, or <see langword="null"/> if there was none: what was written there before
    /// must be moved on, who sleeps on its doorbell woken, and then it is to be disposed of.
    /// </returns>
    /// <exception cref="IOException">The path cannot be opened or is no interrupt map; the old buffer stays.</exception>
    public OldBuffer? Swap(string? path)
    {
        var next = path is null ? null : OldBuffer.Open(path);
        try
        {
            var flags = Libc.MapFixed | (next is null ? Libc.MapPrivate | Libc.MapAnonymous : Libc.MapShared);
            if (Libc.Map(View.Address, InterruptMapLayout.Size, Libc.ProtReadWrite, flags, next?.Descriptor ?? -1, 0) == Libc.MapFailed)
            {
                throw Failure(path ?? "a private page", "mmap");
            }
        }
        catch
        {
            next?.Dispose();
            throw;
        }

        var old = current;
        current = next;
        return old;
    }

    private static IOException Failure(string what, string call) =>
        new($"The interrupt buffer {what} could not be mapped: {call} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>The second mapping of a buffer, kept so that it can be drained after it was swapped out.</summary>
    internal sealed class OldBuffer : IDisposable
    {
        private OldBuffer(int descriptor, nint address)
        {
            Descriptor = descriptor;
            View = new InterruptMapView(address);
        }

        internal int Descriptor { get; }

        public InterruptMapView View { get; }

        internal static OldBuffer Open(string path)
        {
            var descriptor = Libc.Open(path, Libc.OpenReadWriteCloseOnExec);
            if (descriptor < 0)
            {
                throw Failure(path, "open");
            }

            var address = Libc.MapFailed;
            try
            {
                const int seekEnd = 2;
                var length = Libc.Seek(descriptor, 0, seekEnd);
                if (length < InterruptMapLayout.Size)
                {
                    throw new IOException($"The interrupt buffer {path} could not be mapped: it has {length} bytes, not {InterruptMapLayout.Size}.");
                }

                address = Libc.Map(0, InterruptMapLayout.Size, Libc.ProtReadWrite, Libc.MapShared, descriptor, 0);
                if (address == Libc.MapFailed)
                {
                    throw Failure(path, "mmap");
                }

                if (new InterruptMapView(address).DescribeHeaderFault() is { } fault)
                {
                    throw new IOException($"The interrupt buffer {path} could not be mapped: {fault}.");
                }

                return new OldBuffer(descriptor, address);
            }
            catch
            {
                if (address != Libc.MapFailed)
                {
                    _ = Libc.Unmap(address, InterruptMapLayout.Size);
                }

                _ = Libc.Close(descriptor);
                throw;
            }
        }

        public void Dispose()
        {
            _ = Libc.Unmap(View.Address, InterruptMapLayout.Size);
            _ = Libc.Close(Descriptor);
        }
    }
}
