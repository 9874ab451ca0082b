using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// An await asks its awaiter, and if the task is not complete it keeps the awaiter until it is: in between the guarded task
/// is put into it. So an await of a completed task costs nothing; asking the task as well costs half as much again.
/// </remarks>
[Replaces(typeof(ValueTaskAwaiter), Scope = ReplacementScope.InAsync)]
public static class AwaitedValueTaskCalls
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCompleted(ref ValueTaskAwaiter awaiter) => awaiter.IsCompleted || Guard(ref awaiter);

    private static bool Guard(ref ValueTaskAwaiter awaiter)
    {
        GuardedValueTask.Put(ref TaskFields.Awaited(ref awaiter));
        return awaiter.IsCompleted;
    }
}
