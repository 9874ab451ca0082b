namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>What an <c>await</c> waits on in place of a task: it ends with the task, or when the run is interrupted.</summary>
/// <remarks>Asked only for tasks that are not complete.</remarks>
internal static class AwaitGuard
{
    public static Task Of(Task task) => task;

    public static Task<T> Of<T>(Task<T> task) => task;

    /// <summary>Puts a value task backed by a guarded one in the place of the caller's copy.</summary>
    public static void Of(ref ValueTask task)
    {
    }

    /// <inheritdoc cref="Of(ref ValueTask)"/>
    public static void Of<T>(ref ValueTask<T> task)
    {
    }

    /// <summary>The task that a guard was made for; any other task itself. A blocking wait may run it on the waiting thread.</summary>
    public static Task Origin(Task task) => task;
}
