using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>What can be told of a task that is awaited.</summary>
internal static class AwaitedTask
{
    private static readonly ConditionalWeakTable<Type, object> EndByThemselves = [];
    private static readonly object Yes = new();
    private static readonly object No = new();

    /// <summary>Whether an interrupt reaches what the task does, so that it ends by itself: code of the run, on its way or on a thread.</summary>
    public static bool EndsByItself(Task task) => task.Status switch
    {
        // A delegate on some thread.
        TaskStatus.WaitingToRun or TaskStatus.Running or TaskStatus.WaitingForChildrenToComplete => true,
        TaskStatus.WaitingForActivation => EndByThemselves.GetValue(task.GetType(), static type => Judge(type) ? Yes : No) == Yes,
        _ => false,
    };

    /// <summary>Whether the interrupt ended it, told by the token that it was given.</summary>
    public static bool WasCanceledBy(Task task, CancellationToken interrupted)
    {
        if (!task.IsCanceled || !interrupted.IsCancellationRequested)
        {
            return false;
        }

        try
        {
            task.GetAwaiter().GetResult();
            return false;
        }
        catch (OperationCanceledException canceled)
        {
            return canceled.CancellationToken == interrupted;
        }
    }

    // The runtime's own types have no public names. One that is not recognised is left behind at once, which is what happens to timers too.
    private static bool Judge(Type type)
    {
        if (type.Name.StartsWith("UnwrapPromise", StringComparison.Ordinal) || type.Name.StartsWith("WhenAllPromise", StringComparison.Ordinal))
        {
            return true;
        }

        return type.IsConstructedGenericType && Array.Exists(
            type.GetGenericArguments(),
            static argument => typeof(IAsyncStateMachine).IsAssignableFrom(argument) && WovenMark.IsOn(argument.Assembly));
    }
}
