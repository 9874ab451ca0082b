namespace ProcInterrupt.Tests.WorkerProcess.Replacements;

/// <summary>Runs a task only on a thread that waits for it, or, if it is told to decline that, later on one of its own.</summary>
internal sealed class WaitingOnlyScheduler(bool declines) : TaskScheduler
{
    /// <summary>The stacks of those who asked to run a task.</summary>
    public List<string> Askers { get; } = [];

    protected override void QueueTask(Task task)
    {
        if (declines)
        {
            var thread = new Thread(() =>
            {
                // Not before somebody has asked, so that every way to wait is seen asking.
                SpinWait.SpinUntil(() => Count() > 0, TimeSpan.FromSeconds(30));
                TryExecuteTask(task);
            });
            thread.IsBackground = true;
            thread.Start();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        lock (Askers)
        {
            Askers.Add(Environment.StackTrace);
        }

        return !declines && TryExecuteTask(task);
    }

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private int Count()
    {
        lock (Askers)
        {
            return Askers.Count;
        }
    }
}
