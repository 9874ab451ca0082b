using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Puts a guarded task in the place of the one that an awaiter has.</summary>
internal static class GuardedValueTask
{
    public static void Put(ref ValueTask task)
    {
        var continuesOnContext = TaskFields.ContinuesOnContext(ref task);
        AwaitGuard.Of(ref task);
        TaskFields.ContinuesOnContext(ref task) = continuesOnContext;
    }

    public static void Put<T>(ref ValueTask<T> task)
    {
        var continuesOnContext = TaskFieldsOfT<T>.ContinuesOnContext(ref task);
        AwaitGuard.Of(ref task);
        TaskFieldsOfT<T>.ContinuesOnContext(ref task) = continuesOnContext;
    }
}
