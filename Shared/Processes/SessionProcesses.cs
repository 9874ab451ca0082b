using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ProcInterrupt.Processes;

/// <summary>Ends the processes that code in a worker has started and that are in neither its session nor its process group any more.</summary>
internal static unsafe partial class SessionProcesses
{
    private const nint PidFdOpen = 434;
    private const nint PidFdSendSignal = 424;
    private const int KillSignal = 9;

    /// <summary>Processes that start others faster than they are found are what a budget is for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Kills every process that has the mark, but for one, until none is found.</summary>
    /// <param name="mark">From <see cref="SessionMark.Create"/>.</param>
    /// <param name="spared">A process that is left: the caller, say. 0 for none.</param>
    /// <returns>How many it killed.</returns>
    /// <remarks>Takes milliseconds for some hundred processes on the machine, a second at most. Does nothing where there is no <c>/proc</c>.</remarks>
    public static int Kill(string mark, int spared)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var sought = Encoding.ASCII.GetBytes(mark);
        var begun = TimeProvider.System.GetTimestamp();
        var killed = 0;
        int found;
        do
        {
            found = 0;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != spared)
                {
                    found += KillMarked(id, folder, sought) ? 1 : 0;
                }
            }

            killed += found;
        }
        while (found > 0 && TimeProvider.System.GetElapsedTime(begun) < Patience);
        return killed;
    }

    private static bool KillMarked(int id, string folder, ReadOnlySpan<byte> mark)
    {
        if (!IsMarked(folder, mark))
        {
            return false;
        }

        // Held before it is looked at for good: its id may be another's by now.
        var process = (int)SystemCall(PidFdOpen, id, 0, 0, 0);
        if (process < 0)
        {
            return false;
        }

        var sent = IsMarked(folder, mark) && SystemCall(PidFdSendSignal, process, KillSignal, 0, 0) == 0;
        _ = Close(process);
        return sent;
    }

    private static bool IsMarked(string folder, ReadOnlySpan<byte> mark)
    {
        try
        {
            return File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
