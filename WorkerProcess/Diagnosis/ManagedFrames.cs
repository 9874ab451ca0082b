using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>Makes frames of addresses in .NET code: the method, and the line where there are symbols.</summary>
/// <remarks>
/// The runtime tells the method. It tells lines only for stack traces of its own, so an exception's is made to lead to the
/// address; how that is laid out is found out from one that it made, and without lines it goes too.
/// </remarks>
internal static class ManagedFrames
{
    private static readonly MethodInfo? FindMethod = typeof(StackFrame).GetMethod("GetMethodFromNativeIP", BindingFlags.Static | BindingFlags.NonPublic, [typeof(nint)]);
    private static readonly FieldInfo? Trace = typeof(Exception).GetField("_stackTrace", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly MethodInfo Thrower = typeof(ManagedFrames).GetMethod(nameof(Throw), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <param name="addresses">Innermost first.</param>
    /// <param name="isExact">The innermost one is where the thread is; otherwise it has called something that is not shown.</param>
    /// <param name="needsLine">Whose lines are looked for.</param>
    public static IReadOnlyList<ManagedFrame> Of(ReadOnlySpan<nint> addresses, bool isExact, Func<MethodBase, bool> needsLine)
    {
        var frames = new List<ManagedFrame>(addresses.Length);
        for (var index = 0; index < addresses.Length; index++)
        {
            // Return addresses lie behind the call, perhaps in another line or method.
            var address = isExact && index == 0 ? addresses[0] : addresses[index] - 1;
            if (FindMethod?.Invoke(null, [address]) is MethodBase method)
            {
                frames.Add(new ManagedFrame(method, needsLine(method) ? Locate(method, address) : null));
            }
        }

        return frames;
    }

    private static StackFrame? Locate(MethodBase method, nint address)
    {
        try
        {
            Throw();
        }
        catch (InvalidOperationException made)
        {
            return TryLead(made, method, address) && new StackTrace(made, fNeedFileInfo: true).GetFrame(0) is { } frame && frame.GetMethod() == method ? frame : null;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw() => throw new InvalidOperationException("Made for its stack trace.");

    /// <summary>An element is an address within the call, a stack pointer and a method, among others; the last one is known, and checks the first.</summary>
    private static bool TryLead(Exception made, MethodBase method, nint address)
    {
        const int addressBefore = -2;
        var elements = Trace?.GetValue(made) switch
        {
            object[] kept when kept[0] is Array inner => inner,
            Array plain => plain,
            _ => null,
        };
        if (elements is null || method is System.Reflection.Emit.DynamicMethod)
        {
            return false;
        }

        var bytes = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(elements), Buffer.ByteLength(elements));
        var words = MemoryMarshal.Cast<byte, nint>(bytes);
        var place = words.IndexOf(Thrower.MethodHandle.Value);
        if (place < -addressBefore || FindMethod?.Invoke(null, [words[place + addressBefore] - 1]) as MethodBase != Thrower)
        {
            return false;
        }

        words[place] = method.MethodHandle.Value;
        words[place + addressBefore] = address;
        return true;
    }
}
