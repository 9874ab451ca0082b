using System.Runtime.InteropServices;

namespace ProcInterrupt.Cli.Terminal;

/// <summary>The terminal's own state: whether it edits and shows lines itself, and its size. Safe from any thread.</summary>
/// <remarks>
/// While code runs, the terminal is as it was found, so that what is typed is shown, edited and made signals of as always.
/// It is changed only while a line editor reads, and put back whatever ends that: its own end, an exception that nobody
/// handles, the process's exit. The base library's Console is kept out of it, since it changes the terminal on its own.
/// </remarks>
internal sealed unsafe partial class TerminalDevice : IDisposable
{
    /// <summary>More than a <c>termios</c> has anywhere.</summary>
    private const int StateBytes = 256;

    // Linux: c_iflag, c_oflag, c_cflag and c_lflag are the first four words.
    private const int InputFlags = 0;
    private const int OutputFlags = 1;
    private const int LocalFlags = 3;
    private const uint ReturnIsNewLine = 0x100;
    private const uint Signals = 0x1;
    private const uint Echo = 0x8;

    private const int AfterOutput = 1;
    private const nuint GetWindowSize = 0x5413;
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;

    private readonly Lock gate = new();
    private readonly int input;
    private readonly int output;
    private readonly uint[] found;
    private bool changed;

    private TerminalDevice(int input, int output, uint[] found)
    {
        this.input = input;
        this.output = output;
        this.found = found;
        AppDomain.CurrentDomain.ProcessExit += RestoreAtEnd;
        AppDomain.CurrentDomain.UnhandledException += RestoreAtEnd;
    }

    /// <summary>Columns and rows of the screen.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            var size = default(WindowSize);
            var known = Control(output, GetWindowSize, &size) == 0 && size is { Columns: > 0, Rows: > 0 };
            return known ? (size.Columns, size.Rows) : (DefaultWidth, DefaultHeight);
        }
    }

    /// <summary>Whether standard output is a terminal that an editor can draw on.</summary>
    public bool CanDraw { get; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>The terminal that standard input comes from.</summary>
    /// <returns><see langword="null"/> when it comes from none, or when how to change its state is not known here.</returns>
    public static TerminalDevice? Open()
    {
        const int standardInput = 0;
        const int standardOutput = 1;
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var state = new uint[StateBytes / sizeof(uint)];
        fixed (uint* start = state)
        {
            return GetState(standardInput, start) == 0 ? new TerminalDevice(standardInput, standardOutput, state) : null;
        }
    }

    /// <summary>Each key comes as it is typed and is not shown. Ctrl+C is a signal all the same.</summary>
    public void EnterEditing()
    {
        var state = (uint[])found.Clone();
        fixed (uint* start = state)
        {
            MakeRaw(start);
        }

        state[InputFlags] |= found[InputFlags] & ReturnIsNewLine;
        state[OutputFlags] = found[OutputFlags];
        state[LocalFlags] |= found[LocalFlags] & Signals;
        Change(state);
    }

    /// <summary>Lines come as always and are not shown.</summary>
    public void EnterHidden()
    {
        var state = (uint[])found.Clone();
        state[LocalFlags] &= ~Echo;
        Change(state);
    }

    /// <summary>Puts the terminal back to how it was found.</summary>
    public void Restore()
    {
        lock (gate)
        {
            if (changed)
            {
                changed = false;
                Apply(found);
            }
        }
    }

    public void Dispose()
    {
        Restore();
        AppDomain.CurrentDomain.ProcessExit -= RestoreAtEnd;
        AppDomain.CurrentDomain.UnhandledException -= RestoreAtEnd;
    }

    private void RestoreAtEnd(object? sender, EventArgs e) => Restore();

    private void Change(uint[] state)
    {
        lock (gate)
        {
            changed = true;
            Apply(state);
        }
    }

    /// <summary>A terminal that refuses is gone, and whoever reads from it next is told so.</summary>
    private void Apply(uint[] state)
    {
        fixed (uint* start = state)
        {
            _ = SetState(input, AfterOutput, start);
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetState(int descriptor, uint* state);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetState(int descriptor, int when, uint* state);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(uint* state);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, WindowSize* size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthPixels;
        public ushort HeightPixels;
    }
}
