using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ProcInterrupt.Interrupts.Platform;

namespace ProcInterrupt.Interrupts;

/// <summary>An interrupt map that this process made, and its mapping.</summary>
/// <remarks>
/// On Linux a sealed memfd: a plain file could be truncated by any process of the same user, and the next touch would
/// be fatal to both sides. Elsewhere a file that only its owner can open.
/// </remarks>
internal sealed unsafe class InterruptMap : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor accessor;
    private readonly string? folder;

    private InterruptMap(SafeFileHandle handle, string path, string? folder)
    {
        Path = path;
        this.folder = folder;
        file = MemoryMappedFile.CreateFromFile(handle, null, InterruptMapLayout.Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        accessor = file.CreateViewAccessor(0, InterruptMapLayout.Size, MemoryMappedFileAccess.ReadWrite);
        byte* address = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        View = new InterruptMapView((nint)address);
        View.WriteHeader();
    }

    /// <summary>Where the other side opens it.</summary>
    public string Path { get; }

    /// <summary>The fields; not to be touched after <see cref="Dispose"/>.</summary>
    public InterruptMapView View { get; }

    /// <summary>Makes a new, empty map.</summary>
    /// <exception cref="IOException">The system refused; the message says which call.</exception>
    public static InterruptMap Create() => OperatingSystem.IsLinux() ? CreateMemfd() : CreateFile();

    public InterruptWord ReadWord() => View.ReadWord();

    public InterruptWord CompareExchangeWord(InterruptWord value, InterruptWord comparand) => View.CompareExchangeWord(value, comparand);

    public void RingDoorbell() => View.RingDoorbell();

    /// <summary>Unmaps and closes. The caller sees to it that nobody uses <see cref="View"/> any more.</summary>
    public void Dispose()
    {
        accessor.SafeMemoryMappedViewHandle.ReleasePointer();
        accessor.Dispose();
        file.Dispose();
        if (folder is not null && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static InterruptMap CreateMemfd()
    {
        var descriptor = Libc.MemfdCreate("procinterrupt", Libc.MemfdFlags);
        if (descriptor < 0)
        {
            throw Failure("memfd_create");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            if (Libc.Truncate(descriptor, InterruptMapLayout.Size) != 0)
            {
                throw Failure("ftruncate");
            }

            // A memfd is made with mode 0777: then only the access to /proc/PID/fd would keep others out.
            if (Libc.ChangeMode(descriptor, Libc.OwnerReadWrite) != 0)
            {
                throw Failure("fchmod");
            }

            if (Libc.Control(descriptor, Libc.AddSeals, Libc.MapSeals) != 0)
            {
                throw Failure("fcntl(F_ADD_SEALS)");
            }

            return new InterruptMap(handle, $"/proc/{Environment.ProcessId}/fd/{descriptor}", folder: null);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static InterruptMap CreateFile()
    {
        // CreateTempSubdirectory makes the folder with mode 0700 and fails if it exists.
        var parent = Directory.CreateTempSubdirectory("procinterrupt-").FullName;
        try
        {
            var path = System.IO.Path.Combine(parent, "map");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var created = new FileStream(path, options))
            {
                created.SetLength(InterruptMapLayout.Size);
            }

            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return new InterruptMap(handle, path, parent);
        }
        catch
        {
            Directory.Delete(parent, recursive: true);
            throw;
        }
    }

    private static IOException Failure(string call) =>
        new($"The interrupt map could not be made: {call} failed: {Marshal.GetLastPInvokeErrorMessage()}");
}
