using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ProcInterrupt.Launch;

/// <summary>The C library's calls that the base library does not offer.</summary>
internal static unsafe partial class Posix
{
    public const int SigKill = 9;

    private const uint OwnerOnly = 0b111_000_000;
    private const int ErrorExists = 17;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int ShutdownBoth = 2;

    /// <summary>Linux's <c>SIOCOUTQ</c>.</summary>
    private const nuint CountUnread = 0x5411;
    private const int OpenReadOnly = 0;
    private const int OpenWriteOnly = 1;
    private const int OpenNonBlocking = 0x800;
    private const int OpenCloseOnExec = 0x80000;

    /// <summary>Linux's <c>O_TMPFILE</c>, which holds <c>O_DIRECTORY</c>, and that differs.</summary>
    private static readonly int OpenUnnamed = 0x400000 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000);

    private static readonly string[] SignalNames =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ];

    /// <summary>Makes a folder with mode 0700 that did not exist before.</summary>
    /// <returns>Null when made; otherwise why not.</returns>
    /// <remarks><c>Directory.CreateDirectory</c> takes an existing one, which may be somebody else's.</remarks>
    public static string? MakeFolder(string path)
    {
        if (MakeDirectory(path, OwnerOnly) == 0)
        {
            return null;
        }

        return Marshal.GetLastPInvokeError() == ErrorExists ? "it exists already" : Marshal.GetLastPInvokeErrorMessage();
    }

    /// <summary>The path without links, <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="IOException">It is not there, or may not be looked at.</exception>
    public static string ResolvePath(string path)
    {
        var resolved = RealPath(path, null);
        if (resolved is null)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        try
        {
            return Marshal.PtrToStringUTF8((nint)resolved)!;
        }
        finally
        {
            NativeMemory.Free(resolved);
        }
    }

    /// <summary>Whom a file belongs to; null when that cannot be told.</summary>
    public static uint? GetOwner(string path)
    {
        const int currentFolder = -100;
        const uint wantOwner = 8;
        FileStatus status;
        return GetStatus(currentFolder, path, 0, wantOwner, &status) == 0 ? status.UserId : null;
    }

    /// <summary>The user that this process acts for.</summary>
    public static uint UserId => GetEffectiveUser();

    /// <summary>Whether <see cref="MakeFolder"/> would make it.</summary>
    /// <returns>Null when it would; otherwise why not.</returns>
    public static string? TryFolder(string path)
    {
        // A file without a name takes what a folder takes, and is gone with this process, however that ends.
        var file = OperatingSystem.IsLinux() ? Open(Path.GetDirectoryName(path)!, OpenUnnamed | OpenWriteOnly | OpenCloseOnExec, OwnerOnly) : -1;
        if (file >= 0)
        {
            new SafeFileHandle(file, ownsHandle: true).Dispose();
            return null;
        }

        // The place refuses, or its file system has no such files: a folder is made, and removed within microseconds.
        // First in vain, so that the call is bound: if this process is killed between the two below, the folder stays for ever.
        _ = RemoveDirectory(path);
        var refusal = MakeFolder(path);
        if (refusal is null)
        {
            _ = RemoveDirectory(path);
        }

        return refusal;
    }

    /// <summary>Which process connected to a local socket.</summary>
    public static int? GetPeerProcessId(SafePipeHandle socket)
    {
        var credentials = default(Credentials);
        var length = sizeof(Credentials);
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            return GetSocketOption((int)socket.DangerousGetHandle(), SocketLevel, PeerCredentials, &credentials, &length) == 0
                ? credentials.ProcessId
                : null;
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }

    /// <summary>Ends both directions of a socket; nothing happens when that was done before or it is closed.</summary>
    public static void ShutdownSocket(SafePipeHandle socket)
    {
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            _ = Shutdown((int)socket.DangerousGetHandle(), ShutdownBoth);
        }
        catch (ObjectDisposedException)
        {
            // Closed already, which is more than was asked.
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }

    /// <summary>Whether the other side has read all that was written to a socket.</summary>
    public static bool IsReadToEnd(SafePipeHandle socket)
    {
        int unread;
        return Control(socket, CountUnread, &unread) == 0 && unread == 0;
    }

    /// <summary>Opens another read end of the pipe that a process has as a descriptor.</summary>
    /// <returns>Null when it is no pipe, or the process is gone or may not be looked into.</returns>
    /// <remarks>Reading from it never blocks.</remarks>
    public static SafeFileHandle? OpenPipe(int processId, int descriptor)
    {
        // By its name, since a file would be opened as readily.
        var path = $"/proc/{processId}/fd/{descriptor}";
        string? target;
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }

        if (target?.StartsWith("pipe:", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var handle = new SafeFileHandle(Open(path, OpenReadOnly | OpenNonBlocking | OpenCloseOnExec, 0), ownsHandle: true);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return null;
        }

        return handle;
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>How much; 0 when nothing is, or no more.</returns>
    public static int ReadAvailable(SafeFileHandle handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Math.Max(0, Read(handle, start, (nuint)buffer.Length));
        }
    }

    /// <summary>Whether a process leads its own process group, so that the group can be ended with it.</summary>
    public static bool LeadsGroup(int processId) => GetProcessGroup(processId) == processId;

    /// <summary>Sends SIGKILL to every process of a group; nothing happens when there is none left.</summary>
    public static void KillGroup(int leader) => _ = Kill(-leader, SigKill);

    /// <summary>Sends SIGKILL to one process; nothing happens when it is gone.</summary>
    public static void KillProcess(int processId) => _ = Kill(processId, SigKill);

    /// <summary>A signal for people, such as <c>SIGKILL (9)</c>.</summary>
    public static string DescribeSignal(int signal) =>
        signal > 0 && signal < SignalNames.Length ? $"{SignalNames[signal]} ({signal})" : $"signal {signal}";

    /// <summary>How many bytes a path takes in a socket's address.</summary>
    public static int PathBytes(string path) => Encoding.UTF8.GetByteCount(path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafePipeHandle handle, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getpgid", SetLastError = true)]
    private static partial int GetProcessGroup(int process);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle handle, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* RealPath(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint wanted, FileStatus* status);

    /// <summary>Of <c>statx</c>, which is laid out alike on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint UserId;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int ProcessId;
        public uint UserId;
        public uint GroupId;
    }
}
