namespace ProcInterrupt.WorkerProcess.Replacements;

[Replaces(typeof(ValueTask<>))]
public static class ValueTaskResultCalls
{
    public static T Result<T>(ref ValueTask<T> task)
    {
        BlockedTask.Complete(ref task);
        return task.Result;
    }
}
