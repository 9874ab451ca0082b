using System.Collections.Concurrent;
using System.Diagnostics;
using ProcInterrupt.Tests.EndToEnd;

namespace ProcInterrupt.Tests.Soak;

/// <summary>One worker from its start to its end: programs are queued, asked, judged, and all else happens to it.</summary>
internal sealed class SoakLife : IAsyncDisposable
{
    private const int QueueLength = 3;
    private const int RememberedRuns = 16;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly SoakOptions options;
    private readonly SoakTally tally;
    private readonly Worker worker;
    private readonly Random random;
    private readonly Func<long> nextTag;
    private readonly CancellationToken over;
    private readonly ConcurrentDictionary<long, SoakRun> open = new();
    private readonly ConcurrentQueue<SoakRun> ended;
    private readonly Dictionary<string, SoakRun> setups = [];
    private readonly Queue<SoakRun> queued = new();
    private readonly CancellationTokenSource finished = new();
    private readonly bool isMortal;
    private volatile bool mayDie;

    /// <param name="worker">Its worker, owned from here on.</param>
    /// <param name="options">What to do.</param>
    /// <param name="name">For messages.</param>
    /// <param name="isMortal">Whether the worker may be killed.</param>
    /// <param name="ended">Runs that have ended, of this worker and those before it; asked now and then.</param>
    /// <param name="random">Decides.</param>
    /// <param name="nextTag">A number that no other run has.</param>
    /// <param name="tally">Told of everything.</param>
    /// <param name="over">The soak is to end.</param>
    public SoakLife(
        Worker worker, SoakOptions options, string name, bool isMortal, ConcurrentQueue<SoakRun> ended, Random random, Func<long> nextTag, SoakTally tally, CancellationToken over)
    {
        this.worker = worker;
        this.options = options;
        Name = name;
        this.isMortal = isMortal;
        this.ended = ended;
        this.random = random;
        this.nextTag = nextTag;
        this.tally = tally;
        this.over = over;
    }

    public string Name { get; }

    public SoakStrangers Strangers { get; } = new();

    /// <summary>Whether something has been done to it that may end it.</summary>
    public bool MayDie => mayDie;

    /// <summary>Works until the soak is over or the worker has ended.</summary>
    public async Task WorkAsync()
    {
        // An import that is interrupted half-way leaves a broken package, as in Python itself.
        await worker.Run("python", "import asyncio, contextlib, itertools, queue, re, select, socket, threading").Completion;
        await SwapAsync(withBuffer: true);
        Task[] others =
        [
            Task.Run(() => AskAsync(new Random(random.Next()))),
            Task.Run(() => AskAsync(new Random(random.Next()))),
            Task.Run(() => MeddleAsync(new Random(random.Next()))),
            isMortal ? Task.Run(() => KillAsync(new Random(random.Next()))) : Task.CompletedTask,
        ];
        try
        {
            while (!over.IsCancellationRequested && worker.IsAlive)
            {
                while (queued.Count < QueueLength)
                {
                    Enqueue();
                }

                await EndAsync(queued.Dequeue());
            }

            while (queued.TryDequeue(out var left))
            {
                await EndAsync(left);
            }
        }
        finally
        {
            await finished.CancelAsync();
        }

        await Task.WhenAll(others);
        if (worker.IsAlive)
        {
            await LookAfterAsync();
        }
        else if (!MayDie)
        {
            tally.Add(SoakFault.Wrong, $"worker {Name} ended by itself: {await worker.Exited.WaitAsync(Bound)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await worker.DisposeAsync();
        Strangers.Dispose();
        finished.Dispose();
    }

    private void Enqueue()
    {
        if (random.Next(400) == 0)
        {
            Reset(SoakPrograms.Engines.ElementAt(random.Next(SoakPrograms.Engines.Count)));
        }

        foreach (var engine in SoakPrograms.Engines)
        {
            if (!setups.ContainsKey(engine) && random.Next(4) == 0)
            {
                setups[engine] = Queue(SoakPrograms.Setup(engine));
            }
        }

        if (random.Next(100) < options.WidePercent)
        {
            Queue(SoakPrograms.OfAllKinds(random));
        }
        else if (random.Next(50) == 0)
        {
            Queue(SoakPrograms.OneThatNeedsMore(random, isMortal && random.Next(4) == 0));
        }
        else
        {
            Queue(SoakPrograms.Cheap(random, setups.ContainsKey));
        }
    }

    private SoakRun Queue(SoakProgram program)
    {
        var tag = nextTag();
        var code = program.Code.Replace(SoakProgram.Tag, $"{tag}").Replace(SoakProgram.Kept, $"{tag}");
        var hasDeadline = !program.IsInnocent && !program.IsSetup && random.Next(20) == 0;
        var runOptions = hasDeadline ? new RunOptions { Deadline = TimeSpan.FromMilliseconds(random.Next(1, 30)) } : null;
        var strangersBefore = Strangers.Counts();
        var run = new SoakRun(worker.Run(program.Engine, code, runOptions), program, tag, this, tally)
        {
            StrangersBefore = strangersBefore,
            Setup = program.Tells && code.Contains("kept") ? setups[program.Engine] : null,
            HasDeadline = hasDeadline,
        };
        queued.Enqueue(run);
        if (!program.IsInnocent && !program.IsSetup)
        {
            open[tag] = run;
        }

        return run;
    }

    private void Reset(string engine)
    {
        tally.Count("reset");
        setups.Remove(engine);
        _ = ResetAsync();

        async Task ResetAsync()
        {
            try
            {
                await worker.ResetAsync(engine);
            }
            catch (WorkerLostException) when (MayDie)
            {
            }
            catch (Exception exception)
            {
                tally.Add(SoakFault.Wrong, $"reset of {engine} in worker {Name}: {exception.Message}");
            }
        }
    }

    /// <summary>Waits for a run, and asks it to stop when it has had its time.</summary>
    private async Task EndAsync(SoakRun run)
    {
        var begun = Stopwatch.GetTimestamp();
        var patience = TimeSpan.FromMilliseconds(random.Next(1, 12));
        while (await Task.WhenAny(run.Run.Completion, Task.Delay(patience)) != run.Run.Completion)
        {
            if (Stopwatch.GetElapsedTime(begun) > Bound)
            {
                tally.Add(SoakFault.Wrong, $"a run of worker {Name} does not end: {run.Program.Engine}: {run.Program.Code}");
                mayDie = true;
                run.Stop(new StopPolicy());
                await run.Run.Completion;
                break;
            }

            patience = TimeSpan.FromMilliseconds(50);
            if (run.Program.Needs > InterruptRung.Signal || random.Next(50) == 0)
            {
                Stop(run);
            }
            else if (!run.Program.IsInnocent && !run.Program.IsSetup)
            {
                run.Ask(Signal.Interrupt, awaited: true);
            }
        }

        open.TryRemove(run.Tag, out _);
        await SoakJudge.JudgeAsync(run, tally);
        ended.Enqueue(run);
        while (ended.Count > RememberedRuns)
        {
            ended.TryDequeue(out _);
        }
    }

    /// <summary>Stops a run that may need it, up to the rung that it needs; now and then further, where the worker may end.</summary>
    private void Stop(SoakRun run)
    {
        if (run.Program.IsInnocent || run.Program.IsSetup)
        {
            return;
        }

        var highest = isMortal && random.Next(10) == 0 ? InterruptRung.Kill : (InterruptRung)Math.Max((int)run.Program.Needs, (int)InterruptRung.Insist);
        mayDie |= highest > InterruptRung.Insist;
        tally.Count($"stop up to {highest}");
        run.Stop(new StopPolicy
        {
            SignalGrace = Grace(20),
            InsistGrace = Grace(100),
            TerminateGrace = Grace(200),
            HighestRung = highest,
        });

        TimeSpan Grace(int most) => TimeSpan.FromMilliseconds(random.Next(8) == 0 ? 0 : random.Next(1, most));
    }

    /// <summary>One of those who ask, in bursts.</summary>
    private async Task AskAsync(Random own)
    {
        while (!finished.IsCancellationRequested && !over.IsCancellationRequested)
        {
            await PauseAsync(own);
            if (own.Next(200) == 0)
            {
                await AskEndedAsync(own);
            }

            // The oldest is most likely the current one; now and then one that waits in the queue.
            var numbers = open.Keys.Order().ToList();
            if (numbers.Count == 0 || !open.TryGetValue(numbers[own.Next(12) == 0 ? own.Next(numbers.Count) : 0], out var run))
            {
                continue;
            }

            if ((!run.Started || run.Run.Completion.IsCompleted) && own.Next(20) != 0)
            {
                continue;
            }

            var burst = own.Next(3) == 0 ? own.Next(1, 24) : own.Next(1, 4);
            for (var ask = 0; ask < burst; ask++)
            {
                run.Ask((Signal)own.Next(1, 65), awaited: own.Next(8) != 0);
                if (own.Next(4) == 0)
                {
                    await Spin.MicrosAsync(own.Next(60));
                }
            }

            if (own.Next(3) == 0)
            {
                run.Ask(Signal.Interrupt, awaited: own.Next(8) != 0);
            }
        }
    }

    private static async Task PauseAsync(Random own)
    {
        if (own.Next(3) != 0)
        {
            await Task.Delay(own.Next(1, 3));
        }
        else
        {
            await Spin.MicrosAsync(own.Next(100));
        }
    }

    /// <summary>A request for a run that is over, maybe of a worker that is gone: nothing may come of it.</summary>
    private async Task AskEndedAsync(Random own)
    {
        var runs = ended.ToArray();
        if (runs.Length > 0)
        {
            tally.Asked();
            var run = runs[own.Next(runs.Length)];
            var receipt = await run.Run.InterruptAsync((Signal)own.Next(1, 65), "late").WaitAsync(Bound);
            if (receipt.Status != ReceiptStatus.TooLate || receipt.Id != "late" || receipt.Run != run.Run.Number)
            {
                tally.Add(SoakFault.Misdelivered, $"{receipt} for a run that had ended");
            }
        }
    }

    /// <summary>Swaps buffers, and lets strangers write for a while now and then.</summary>
    private async Task MeddleAsync(Random own)
    {
        while (!finished.IsCancellationRequested && !over.IsCancellationRequested)
        {
            await Task.Delay(own.Next(1, 200), CancellationToken.None);
            if (own.Next(3) == 0)
            {
                await SwapAsync(withBuffer: own.Next(10) != 0);
                continue;
            }

            for (var write = own.Next(8) == 0 ? own.Next(100) : 0; write > 0; write--)
            {
                tally.Count("stranger's write");
                Strangers.Write((byte)(own.Next(6) switch { 0 => 0, 1 => 2, 2 => own.Next(256), _ => own.Next(65) }));
                await Spin.MicrosAsync(own.Next(400));
            }
        }

        // Without one, nothing that is left would end.
        await SwapAsync(withBuffer: true);
    }

    private async Task SwapAsync(bool withBuffer)
    {
        tally.Count("swap");
        var buffer = withBuffer ? InterruptBuffer.Create() : null;
        try
        {
            await worker.SetInterruptBufferAsync(buffer).WaitAsync(Bound);
        }
        catch (WorkerLostException) when (MayDie)
        {
        }

        Strangers.Use(buffer);
    }

    /// <summary>Kills the worker after so many requests of everybody.</summary>
    private async Task KillAsync(Random own)
    {
        var at = tally.Requests + own.Next(options.RequestsToDeath);
        while (!finished.IsCancellationRequested && !over.IsCancellationRequested)
        {
            if (tally.Requests >= at && worker.IsAlive)
            {
                tally.Count("death");
                mayDie = true;
                using var process = Process.GetProcessById(worker.ProcessId);
                process.Kill();
                return;
            }

            await Task.Delay(own.Next(1, 20), CancellationToken.None);
        }
    }

    /// <summary>The worker lives on: its sessions still work, and nothing is left running in it.</summary>
    private async Task LookAfterAsync()
    {
        foreach (var engine in SoakPrograms.Engines)
        {
            var result = await worker.Run(engine, "6 * 7").Completion.WaitAsync(Bound);
            if (result.Value?.Text != "42")
            {
                tally.Add(SoakFault.Wrong, $"worker {Name} is not well afterwards: {engine} {result.Outcome} {result.Error?.Message}");
            }
        }

        await ProcessorUse.AssertIdleAsync(worker.ProcessId);
    }
}
