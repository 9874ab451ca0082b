using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary>The dynamic loader's calls that <see cref="NativeLibrary"/> does not offer.</summary>
internal static unsafe partial class Loader
{
    /// <summary>RTLD_NOW | RTLD_GLOBAL: extension modules find CPython's symbols in the global scope, and fail to import otherwise.</summary>
    private const int NowAndGlobal = 2 | 0x100;

    /// <returns>The handle, or 0.</returns>
    public static nint Open(string library) => DlOpen(library, NowAndGlobal);

    /// <summary>Lets go of a library that is not the one wanted, so that its symbols are not found in place of the right one's.</summary>
    public static void Close(nint handle) => _ = DlClose(handle);

    /// <summary>Why the last <see cref="Open"/> failed.</summary>
    public static string LastError => Marshal.PtrToStringUTF8(DlError()) ?? "";

    /// <summary>The file that an address was loaded from.</summary>
    public static string? FileOf(nint address)
    {
        DlInfo info;
        return DlAddr(address, &info) != 0 ? Marshal.PtrToStringUTF8(info.FileName) : null;
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string library, int flags);

    [LibraryImport("libc", EntryPoint = "dlclose")]
    private static partial int DlClose(nint handle);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial nint DlError();

    [LibraryImport("libc", EntryPoint = "dladdr")]
    private static partial int DlAddr(nint address, DlInfo* info);

    [StructLayout(LayoutKind.Sequential)]
    private struct DlInfo
    {
        public nint FileName;
        public nint FileBase;
        public nint SymbolName;
        public nint SymbolAddress;
    }
}
