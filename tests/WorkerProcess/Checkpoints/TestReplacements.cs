using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Replacements that note that they were called, and do it.</summary>
public static class TestReplacements
{
    internal static readonly Type[] All = typeof(TestReplacements).GetNestedTypes();

    [Replaces(typeof(Thread))]
    public static class Threads
    {
        public static void Sleep(int millisecondsTimeout) => TestHooks.Note($"sleep {millisecondsTimeout}");

        public static void Sleep(TimeSpan timeout) => TestHooks.Note($"sleep {timeout}");

        public static bool Join(Thread thread, int millisecondsTimeout)
        {
            TestHooks.Note($"join {millisecondsTimeout}");
            return thread.Join(millisecondsTimeout);
        }
    }

    [Replaces(typeof(WaitHandle))]
    public static class WaitHandles
    {
        public static bool WaitOne(WaitHandle handle, int millisecondsTimeout)
        {
            TestHooks.Note($"wait {millisecondsTimeout}");
            return handle.WaitOne(millisecondsTimeout);
        }
    }

    [Replaces(typeof(Task<>))]
    public static class TasksOfT
    {
        public static Task<TNew> ContinueWith<T, TNew>(Task<T> task, Func<Task<T>, TNew> continuation)
        {
            TestHooks.Note($"continue {typeof(T).Name} {typeof(TNew).Name}");
            return task.ContinueWith(continuation, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    [Replaces(typeof(ValueTask<>))]
    public static class ValueTasks
    {
        public static Task<T> AsTask<T>(ref ValueTask<T> task)
        {
            TestHooks.Note($"as task {typeof(T).Name}");
            return task.AsTask();
        }
    }

    [Replaces(typeof(List<>.Enumerator))]
    public static class Enumerators
    {
        public static bool MoveNext<T>(ref List<T>.Enumerator enumerator)
        {
            TestHooks.Note($"next {typeof(T).Name}");
            return enumerator.MoveNext();
        }
    }

    [Replaces(typeof(IDisposable))]
    public static class Disposables
    {
        public static void Dispose(IDisposable disposable)
        {
            TestHooks.Note("dispose");
            disposable.Dispose();
        }
    }

    [Replaces(typeof(Task), Scope = ReplacementScope.InAsync)]
    public static class InAsync
    {
        public static int? CurrentId
        {
            get
            {
                TestHooks.Note("id in async");
                return Task.CurrentId;
            }
        }
    }

    [Replaces(typeof(Task), Scope = ReplacementScope.OutsideAsync)]
    public static class OutsideAsync
    {
        public static int? CurrentId
        {
            get
            {
                TestHooks.Note("id outside");
                return Task.CurrentId;
            }
        }
    }
}
