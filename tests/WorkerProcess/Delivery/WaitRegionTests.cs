using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

/// <summary>Waits of a run's threads, on a page of this process; <see cref="DeliveryDesk.Attend"/> stands for the watcher.</summary>
public sealed class WaitRegionTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly InterruptPage page = new();
    private readonly RecordingPoster poster = new();
    private readonly DeliveryDesk desk;
    private readonly RunScope scope;

    public WaitRegionTests()
    {
        desk = new DeliveryDesk(page, poster);
        scope = desk.Begin(1, 0, long.MaxValue);
        scope.Phase = RunPhase.User;
    }

    public void Dispose() => RunScope.Current = null;

    [Fact]
    public async Task An_interrupt_ends_a_wait_and_raises()
    {
        var waiting = Start(static () => WaitRegion.Run(Timeout.Infinite, static millis => Thread.Sleep(millis)));
        Interrupt(Signal.Interrupt);
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => AttendUntilDoneAsync(waiting));
    }

    [Fact]
    public async Task Insist_ends_a_wait_in_the_clean_up_of_a_run_that_unwinds()
    {
        Interrupt(Signal.Interrupt);
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => Start(desk.Check).WaitAsync(Bound));
        using var begun = new ManualResetEventSlim();
        var waiting = Start(() =>
        {
            CleanupDepth.Enter();
            try
            {
                WaitRegion.Run(begun, static begun =>
                {
                    begun.Set();
                    Thread.Sleep(Timeout.Infinite);
                });
            }
            finally
            {
                CleanupDepth.Exit();
            }
        });
        Assert.True(begun.Wait(Bound));
        desk.Attend(scope);
        Assert.False(waiting.IsCompleted);
        Write(new InterruptWord(1, Signal.Interrupt, InterruptReason.User, InterruptRung.Insist));
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => AttendUntilDoneAsync(waiting));
    }

    [Fact]
    public async Task A_handler_that_returns_lets_the_wait_go_on_with_what_is_left_of_its_time()
    {
        var handled = 0;
        var begun = 0;
        var calls = new List<int>();
        desk.Handle(Signal.User1, _ => handled++);
        using var gate = new SemaphoreSlim(0);
        var waiting = Start(() => Assert.True(WaitRegion.Run(gate, 3_600_000, (gate, left) =>
        {
            calls.Add(left);
            Interlocked.Increment(ref begun);
            return gate.Wait(left);
        })));
        await AttendUntilAsync(() => Volatile.Read(ref begun) == 1);
        Interrupt(Signal.User1);
        await AttendUntilAsync(() => Volatile.Read(ref handled) == 1);
        Assert.False(waiting.IsCompleted);
        gate.Release();
        await waiting.WaitAsync(Bound);
        Assert.Equal(2, calls.Count);
        Assert.Equal(3_600_000, calls[0]);
        Assert.InRange(calls[1], 3_600_000 - (int)Bound.TotalMilliseconds, 3_600_000);
    }

    [Fact]
    public async Task A_wait_in_clean_up_is_left_alone_until_insist()
    {
        using var gate = new SemaphoreSlim(0);
        var waiting = Start(() =>
        {
            CleanupDepth.Enter();
            try
            {
                WaitRegion.Run(gate, static gate => gate.Wait());
            }
            finally
            {
                CleanupDepth.Exit();
            }
        });
        Interrupt(Signal.Interrupt);
        for (var time = 0; time < 20; time++)
        {
            desk.Attend(scope);
            await Task.Delay(1);
        }

        Assert.False(waiting.IsCompleted);
        Write(new InterruptWord(1, Signal.Interrupt, default, InterruptRung.Insist));
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => AttendUntilDoneAsync(waiting));
    }

    [Fact]
    public async Task A_wait_that_cannot_be_repeated_is_not_broken_for_a_handler()
    {
        var handled = 0;
        desk.Handle(Signal.User1, _ => handled++);
        using var gate = new SemaphoreSlim(0);
        using var begun = new ManualResetEventSlim();
        var waiting = Start(() => WaitRegion.RunOnce((gate, begun), static all =>
        {
            all.begun.Set();
            all.gate.Wait();
            return true;
        }));
        Assert.True(begun.Wait(Bound));
        Interrupt(Signal.User1);
        for (var time = 0; time < 20; time++)
        {
            desk.Attend(scope);
            await Task.Delay(1);
        }

        Assert.Equal(0, Volatile.Read(ref handled));
        Interrupt(Signal.Interrupt);
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => AttendUntilDoneAsync(waiting));
    }

    [Fact]
    public async Task A_thread_interrupt_of_the_codes_own_reaches_the_code()
    {
        Thread? thread = null;
        var waiting = Start(() =>
        {
            thread = Thread.CurrentThread;
            WaitRegion.Run(Timeout.Infinite, static millis => Thread.Sleep(millis));
        });
        Assert.True(SpinWait.SpinUntil(() => thread is { } started && started.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Bound));
        thread!.Interrupt();
        await Assert.ThrowsAsync<ThreadInterruptedException>(() => waiting.WaitAsync(Bound));
    }

    [Fact]
    public async Task All_threads_of_the_run_are_woken_and_none_of_another()
    {
        using var gate = new SemaphoreSlim(0);
        var waiting = Enumerable.Range(0, 10).Select(_ => Start(() => WaitRegion.Run(gate, static gate => gate.Wait()))).ToArray();
        Task other;
        using (ExecutionContext.SuppressFlow())
        {
            other = Task.Factory.StartNew(() => WaitRegion.Run(gate, static gate => gate.Wait()), TaskCreationOptions.LongRunning);
        }

        Interrupt(Signal.Interrupt);
        foreach (var each in waiting)
        {
            await Assert.ThrowsAsync<KeyboardInterruptException>(() => AttendUntilDoneAsync(each));
        }

        Assert.False(other.IsCompleted);
        gate.Release();
        await other.WaitAsync(Bound);
    }

    [Fact]
    public async Task What_is_left_of_an_interrupted_run_stops_and_what_is_left_of_another_goes_on()
    {
        var finished = desk.End(scope, new EngineResult(null, null), 0)!;
        Assert.Equal(RunOutcome.Succeeded, finished.Outcome);
        using var gate = new SemaphoreSlim(0);
        var left = Start(() => WaitRegion.Run(gate, static gate => gate.Wait()));

        var second = desk.Begin(2, 0, long.MaxValue);
        var looping = Start(
            () =>
            {
                while (true)
                {
                    desk.Check();
                }
            },
            second);
        Write(new InterruptWord(2, Signal.Interrupt, default, default));
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => looping.WaitAsync(Bound));
        Assert.Equal(RunOutcome.Interrupted, desk.End(second, new EngineResult(null, null), 0)!.Outcome);
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => Start(() => WaitRegion.Run(gate, static gate => gate.Wait()), second).WaitAsync(Bound));
        await Assert.ThrowsAsync<KeyboardInterruptException>(() => Start(desk.Check, second).WaitAsync(Bound));

        Assert.False(left.IsCompleted);
        gate.Release();
        await left.WaitAsync(Bound);
    }

    /// <summary>Runs code of the run on a thread of its own.</summary>
    private Task Start(Action code, RunScope? run = null) => Task.Factory.StartNew(
        () =>
        {
            RunScope.Current = run ?? scope;
            code();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Interrupt(Signal signal) => Write(new InterruptWord(1, signal, default, default));

    private void Write(InterruptWord word)
    {
        InterruptWord before;
        do
        {
            before = page.View.ReadWord();
        }
        while (page.View.CompareExchangeWord(new InterruptWord(word.Bits | (before.Bits & InterruptWord.TripBits)), before) != before);
    }

    private async Task AttendUntilDoneAsync(Task waiting)
    {
        await AttendUntilAsync(() => waiting.IsCompleted);
        await waiting;
    }

    private async Task AttendUntilAsync(Func<bool> condition)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Bound, "nothing happened");
            desk.Attend(scope);
            await Task.Delay(1);
        }
    }
}
