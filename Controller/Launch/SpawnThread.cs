using System.Collections.Concurrent;

namespace ProcInterrupt.Launch;

/// <summary>A thread that lasts as long as this process, for starting processes that are to die with it.</summary>
/// <remarks>The kernel's signal at a parent's death comes at that of the thread that started the child; threads of the pool come and go.</remarks>
internal static class SpawnThread
{
    private static readonly Lazy<BlockingCollection<Action>> Work = new(Start);

    /// <summary>Runs it there.</summary>
    public static Task<T> RunAsync<T>(Func<T> start)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Value.Add(() =>
        {
            try
            {
                result.SetResult(start());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    private static BlockingCollection<Action> Start()
    {
        var work = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "ProcInterrupt spawn" };
        thread.Start();
        return work;
    }
}
