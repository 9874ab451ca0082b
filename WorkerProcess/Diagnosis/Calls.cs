using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using ProcInterrupt.WorkerProcess.Engines.CSharp;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>The calls that a thread is in.</summary>
/// <param name="Text">A line each, innermost first, without those of ours; empty when no code of the user's is among them.</param>
/// <param name="Call">What the innermost code of the user's has called; <see langword="null"/> when it has called nothing.</param>
/// <param name="IsInUsersNativeCode">It has called native code, by itself.</param>
internal sealed record Calls(string Text, string? Call, bool IsInUsersNativeCode)
{
    private const int FramesAtEachEnd = 40;

    private static readonly string[] OwnFolders = [RuntimeEnvironment.GetRuntimeDirectory(), AppContext.BaseDirectory];

    public static Calls? Of(ThreadSample sample)
    {
        var frames = ManagedFrames.Of(Ends(sample.Addresses), sample.InManagedCode, IsUsers).Where(static frame => Traceback.IsShown(frame.Method)).ToList();
        var users = frames.FindIndex(static frame => IsUsers(frame.Method));
        if (users < 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var frame in frames)
        {
            Traceback.Append(text, frame.Method, frame.Place);
        }

        AppendLeftOut(text, sample.Addresses.Length);

        return new Calls(text.ToString().TrimEnd('\n'), users == 0 ? null : Traceback.Name(frames[users - 1].Method), users == 0 && !sample.InManagedCode);
    }

    /// <summary>The same of a thread that tells it itself, at a checkpoint: it has called nothing.</summary>
    public static string TextOf(StackTrace stack)
    {
        var frames = stack.GetFrames().Where(static frame => frame.GetMethod() is { } method && Traceback.IsShown(method)).ToList();
        var text = new StringBuilder();
        foreach (var frame in frames.Count <= 2 * FramesAtEachEnd ? frames : [.. frames[..FramesAtEachEnd], .. frames[^FramesAtEachEnd..]])
        {
            Traceback.Append(text, frame.GetMethod()!, frame);
        }

        AppendLeftOut(text, frames.Count);
        return text.ToString().TrimEnd('\n');
    }

    private static void AppendLeftOut(StringBuilder text, int frames)
    {
        if (frames > 2 * FramesAtEachEnd)
        {
            text.Append(CultureInfo.InvariantCulture, $"   ({frames - (2 * FramesAtEachEnd)} calls between them are left out)\n");
        }
    }

    /// <summary>Recursion may be deep; the ends say what happens.</summary>
    private static nint[] Ends(nint[] addresses) =>
        addresses.Length <= 2 * FramesAtEachEnd ? addresses : [.. addresses[..FramesAtEachEnd], .. addresses[^FramesAtEachEnd..]];

    /// <summary>Neither the framework's nor the worker's: what was woven is loaded from memory, and has no file.</summary>
    private static bool IsUsers(MethodBase method)
    {
        if (method.Module.Assembly is { IsDynamic: false } assembly)
        {
            var file = assembly.Location;
            return !OwnFolders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));
        }

        return false;
    }
}
