using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Replacements;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Replacements;

/// <summary>A thread that waits for a task runs it if the framework would have done so, and never inside the region.</summary>
public sealed class InliningTests
{
    private static readonly Dictionary<string, Action<Task<int>>> Waits = new()
    {
        ["Wait"] = static t => TaskCalls.Wait(t),
        ["Wait(-1)"] = static t => Assert.True(TaskCalls.Wait(t, -1)),
        ["Wait(infinite)"] = static t => Assert.True(TaskCalls.Wait(t, Timeout.InfiniteTimeSpan)),
        ["Wait(none)"] = static t => TaskCalls.Wait(t, CancellationToken.None),
        ["Result"] = static t => Assert.Equal(5, TaskOfTCalls.Result(t)),
        ["WaitAll"] = static t => TaskCalls.WaitAll([t]),
        ["WaitAll(list)"] = static t => TaskCalls.WaitAll(new List<Task> { t }, CancellationToken.None),
        ["GetResult"] = static t =>
        {
            TaskAwaiter<int> awaiter = TaskOfTCalls.GetAwaiter(t);
            Assert.Equal(5, TaskAwaiterOfTCalls.GetResult(ref awaiter));
        },
        ["plain GetResult"] = static t =>
        {
            TaskAwaiter awaiter = TaskCalls.GetAwaiter(t);
            TaskAwaiterCalls.GetResult(ref awaiter);
        },
        ["configured GetResult"] = static t =>
        {
            ConfiguredTaskAwaitable<int>.ConfiguredTaskAwaiter awaiter = TaskOfTCalls.ConfigureAwait(t, false).GetAwaiter();
            Assert.Equal(5, ConfiguredTaskAwaiterOfTCalls.GetResult(ref awaiter));
        },
        ["plain configured GetResult"] = static t =>
        {
            ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter = TaskCalls.ConfigureAwait(t, ConfigureAwaitOptions.None).GetAwaiter();
            ConfiguredTaskAwaiterCalls.GetResult(ref awaiter);
        },
        ["value task Result"] = static t =>
        {
            var task = new ValueTask<int>(t);
            Assert.Equal(5, ValueTaskOfTCalls.Result(ref task));
        },
        ["value task GetResult"] = static t =>
        {
            var task = new ValueTask<int>(t);
            ValueTaskAwaiter<int> awaiter = ValueTaskOfTCalls.GetAwaiter(ref task);
            Assert.Equal(5, ValueTaskAwaiterOfTCalls.GetResult(ref awaiter));
        },
        ["plain value task GetResult"] = static t =>
        {
            var task = new ValueTask(t);
            ValueTaskAwaiter awaiter = ValueTaskCalls.GetAwaiter(ref task);
            ValueTaskAwaiterCalls.GetResult(ref awaiter);
        },
        ["configured value task GetResult"] = static t =>
        {
            var task = new ValueTask<int>(t);
            ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter awaiter = ValueTaskOfTCalls.ConfigureAwait(ref task, true).GetAwaiter();
            Assert.Equal(5, ConfiguredValueTaskAwaiterOfTCalls.GetResult(ref awaiter));
        },
        ["plain configured value task GetResult"] = static t =>
        {
            var task = new ValueTask(t);
            ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = ValueTaskCalls.ConfigureAwait(ref task, true).GetAwaiter();
            ConfiguredValueTaskAwaiterCalls.GetResult(ref awaiter);
        },
    };

    private static readonly Dictionary<string, Action<Task<int>>> OtherWaits = new()
    {
        ["Wait(timeout)"] = static t => Assert.False(TaskCalls.Wait(t, 20)),
        ["Wait(TimeSpan)"] = static t => Assert.False(TaskCalls.Wait(t, TimeSpan.FromMilliseconds(20))),
        ["Wait(token)"] = static t => Assert.Throws<OperationCanceledException>(() => TaskCalls.Wait(t, Soon())),
        ["WaitAll(timeout)"] = static t => Assert.False(TaskCalls.WaitAll([t], 20)),
        ["WaitAll(token)"] = static t => Assert.Throws<OperationCanceledException>(() => TaskCalls.WaitAll([t], Soon())),
        ["WaitAny"] = static t => Assert.Equal(-1, TaskCalls.WaitAny([t], 20)),
    };

    public static TheoryData<string> WaitNames() => new(Waits.Keys);

    public static TheoryData<string> OtherWaitNames() => new(OtherWaits.Keys);

    [Theory]
    [MemberData(nameof(WaitNames))]
    public void A_task_that_only_a_waiting_thread_runs_is_run_outside_of_the_region(string wait)
    {
        var scheduler = new WaitingOnlyScheduler(declines: false);
        Task<int> task = Start(scheduler);
        InTime(() => Waits[wait](task));
        Assert.DoesNotContain(nameof(WaitRegion), Assert.Single(scheduler.Askers), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WaitNames))]
    public void A_scheduler_that_declines_is_not_asked_again_in_the_region(string wait)
    {
        var scheduler = new WaitingOnlyScheduler(declines: true);
        Task<int> task = Start(scheduler);
        InTime(() => Waits[wait](task));
        Assert.DoesNotContain(nameof(WaitRegion), Assert.Single(scheduler.Askers), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherWaitNames))]
    public void Waits_with_an_end_run_nothing(string wait)
    {
        var scheduler = new WaitingOnlyScheduler(declines: false);
        Task<int> task = Start(scheduler);
        InTime(() => OtherWaits[wait](task));
        Assert.Empty(scheduler.Askers);
    }

    /// <summary>A child queued by a pool thread is in that thread's own queue.</summary>
    [Fact]
    public async Task On_the_pool_a_child_is_run_by_the_thread_that_waits_for_it()
    {
        var inlined = 0;
        for (var i = 0; i < 200 && inlined == 0; i++)
        {
            // Another thread may steal it: then it is tried again.
            inlined += await Task.Run(() =>
            {
                var own = Environment.CurrentManagedThreadId;
                Task<int> child = Task.Run(static () => Environment.CurrentManagedThreadId);
                return TaskOfTCalls.Result(child) == own ? 1 : 0;
            });
        }

        Assert.NotEqual(0, inlined);
    }

    [Fact]
    public void A_scheduler_that_fails_is_reported_as_ever()
    {
        Task<int> task = Start(new Failing());
        Assert.Equal("no", Assert.Throws<TaskSchedulerException>(() => TaskCalls.Wait(task)).InnerException!.Message);
        Assert.Equal("no", Assert.Throws<TaskSchedulerException>(() => task.Wait()).InnerException!.Message);
    }

    private static Task<int> Start(TaskScheduler scheduler) => Task.Factory.StartNew(static () => 5, CancellationToken.None, TaskCreationOptions.None, scheduler);

    private static CancellationToken Soon() => new CancellationTokenSource(20).Token;

    private static void InTime(Action wait)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(wait)) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "The wait did not end.");
        Assert.Null(failure);
    }

    private sealed class Failing : TaskScheduler
    {
        protected override void QueueTask(Task task)
        {
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => throw new InvalidOperationException("no");

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
