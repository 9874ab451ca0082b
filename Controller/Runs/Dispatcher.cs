using Microsoft.Extensions.Logging;
using ProcInterrupt.Connection;
using ProcInterrupt.Diagnostics;
using ProcInterrupt.Events;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Runs;

/// <summary>Keeps the queue, has one run at a time in the worker, and makes events, receipts and results of what the worker says.</summary>
/// <remarks>
/// Does no I/O: it posts messages and is handed frames. Everything happens under one lock, which is held for moments only;
/// what awaits a run or a receipt goes on elsewhere, loggers and listeners are called under it. Safe from any thread.
/// </remarks>
internal sealed partial class Dispatcher
{
    private const long BackgroundRetention = 1024 * 1024;

    private readonly Lock gate = new();
    private IOutbox outbox = null!;
    private Action kill = null!;
    private readonly long retention;
    private readonly ILogger logger;
    private readonly WorkerLog workerLog;
    private readonly InterruptDesk desk;
    private OutputFlow flow = null!;
    private readonly LinkedList<QueuedWork> queue = new();
    private readonly Queue<PendingSwap> swaps = new();
    private QueuedWork? current;
    private InterruptBuffer? buffer;
    private uint lastNumber;
    private long lastRequest;
    private bool bufferIsOwn = true;
    private bool attached;
    private bool resumed;
    private bool retired;
    private bool terminating;
    private bool killing;
    private string? lost;

    /// <summary>Made without a worker; <see cref="Attach"/> and <see cref="Resume"/> follow.</summary>
    /// <param name="retention">Bytes of unread output that are kept for each run.</param>
    /// <param name="loggerFactory">For this side's and the worker's messages.</param>
    public Dispatcher(long retention, ILoggerFactory loggerFactory)
    {
        this.retention = retention;
        logger = loggerFactory.CreateLogger("ProcInterrupt.Controller");
        workerLog = new WorkerLog(loggerFactory.CreateLogger("ProcInterrupt.Worker"));
        desk = new InterruptDesk(OnReceipt);
    }

    /// <summary>What comes from code whose run is over.</summary>
    public RunEventStream Background { get; } = new(null, BackgroundRetention, dropsOldest: true);

    /// <summary>The path of the buffer that the worker polls.</summary>
    public string? MapPath
    {
        get
        {
            lock (gate)
            {
                return buffer?.Path;
            }
        }
    }

    public Run Run(string engine, string code, RunOptions options)
    {
        lock (gate)
        {
            ThrowIfRetired();
            var run = Create(engine, code, options);
            if (options.WaitForReader)
            {
                run.Events.OutputRead = bytes => OnOutputRead(run, bytes);
                run.Events.Abandoned = () => OnReaderGone(run);
            }

            if (lost is not null)
            {
                Finish(run, WithoutWorker(run, RunOutcome.WorkerLost, lost));
            }
            else
            {
                Enqueue(run);
            }

            return run.Handle;
        }
    }

    public Task ResetAsync(string? engine, CancellationToken cancellationToken) =>
        AskAsync(number => new QueuedReset(number, engine), cancellationToken);

    public Task<CodeCompleteness> IsCompleteAsync(string engine, string code, CancellationToken cancellationToken) =>
        AskAsync(number => new QueuedIsComplete(number, engine, code), cancellationToken);

    public Task<Completions> CompleteAsync(string engine, string code, int position, CancellationToken cancellationToken) =>
        AskAsync(number => new QueuedComplete(number, engine, code, position), cancellationToken);

    /// <summary>Tells the worker to poll another buffer; done when it says so. One that is being replaced will, from its start.</summary>
    /// <param name="replacement">The buffer; null for none.</param>
    public Task SetInterruptBufferAsync(InterruptBuffer? replacement)
    {
        lock (gate)
        {
            ThrowIfRetired();
            ThrowIfLost();
            replacement?.Hold();
            if (attached)
            {
                return Swap(replacement, isOwn: false);
            }

            buffer?.Release();
            buffer = replacement;
            bufferIsOwn = false;
            return Task.CompletedTask;
        }
    }

    public bool ReplyToInput(RunRecord run, uint request, string? text)
    {
        lock (gate)
        {
            if (!run.InputRequests.Remove(request))
            {
                return false;
            }

            outbox.Post(new InputReplyMessage(run.Number, request, text));
            return true;
        }
    }

    /// <summary>No run is taken any more, and those that are queued never start. The one in the worker goes on.</summary>
    public void Retire()
    {
        lock (gate)
        {
            retired = true;
            while (queue.First?.Value is { } work)
            {
                TakeOffQueue(work);
                if (work is RunRecord run)
                {
                    Finish(run, WithoutWorker(run, RunOutcome.Interrupted, null) with { Reason = InterruptReason.Shutdown });
                }
                else
                {
                    ((QueuedRequest)work).Fail(new ObjectDisposedException(nameof(Worker)));
                }
            }
        }
    }

    private async Task<TAnswer> AskAsync<TAnswer>(Func<long, QueuedRequest<TAnswer>> create, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        QueuedRequest<TAnswer> request;
        lock (gate)
        {
            ThrowIfRetired();
            ThrowIfLost();
            request = create(++lastRequest);
            Enqueue(request);
        }

        try
        {
            return await request.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                TakeOffQueue(request);
            }

            throw;
        }
    }

    private RunRecord Create(string engine, string code, RunOptions options)
    {
        lastNumber = lastNumber == uint.MaxValue ? 1 : lastNumber + 1;
        var deadlineMicros = options.Deadline is { } deadline ? Math.Max(1, deadline.Ticks / TimeSpan.TicksPerMicrosecond) : 0;
        return new RunRecord(new RunCodeMessage(lastNumber, engine, code, options.Path, deadlineMicros, options.FirstLine), this, options.WaitForReader, retention);
    }

    /// <param name="replacement">Held for the worker.</param>
    /// <param name="isOwn">It is the worker's own, which goes with it; the user's are kept for a replacement.</param>
    private Task Swap(InterruptBuffer? replacement, bool isOwn)
    {
        var swap = new PendingSwap(++lastRequest, replacement, isOwn);
        swaps.Enqueue(swap);
        desk.BeginSwap();
        outbox.Post(new SetInterruptBufferMessage(swap.Request, replacement?.Path));
        return swap.Done;
    }

    private void Enqueue(QueuedWork work)
    {
        work.Place = queue.AddLast(work);
        SendNext();
    }

    private void TakeOffQueue(QueuedWork work)
    {
        if (work.Place is { } place)
        {
            queue.Remove(place);
            work.Place = null;
        }
    }

    private void SendNext()
    {
        if (!resumed || current is not null || queue.First?.Value is not { } next)
        {
            return;
        }

        TakeOffQueue(next);
        if (next is QueuedRequest request)
        {
            current = next;
            outbox.Post(request.Message);
            return;
        }

        Send((RunRecord)next);
    }

    private void Send(RunRecord run)
    {
        current = run;
        var code = run.Code!;
        run.Code = null;
        run.Phase = RunPhase.Sent;
        run.SentNanos = MonotonicClock.Nanos;
        run.Activity = Telemetry.StartRun(run.Handle, run.ParentActivity);
        desk.Begin(run.Number);
        outbox.Post(code);
    }

    private void Finish(RunRecord run, RunResult result)
    {
        run.Complete(result);
        Telemetry.EndRun(run.Handle, result, run.Activity);
        logger.RunCompleted(run.Number, run.Handle.Engine, result.Outcome, result.Elapsed.TotalMilliseconds);
    }

    /// <summary>A result that the worker has no part in.</summary>
    private static RunResult WithoutWorker(RunRecord run, RunOutcome outcome, string? message)
    {
        var now = MonotonicClock.Nanos;
        return new RunResult
        {
            Number = run.Number,
            Outcome = outcome,
            Error = message is null ? null : new RunError(typeof(WorkerLostException).FullName!, message, ""),
            Queued = Duration((run.SentNanos ?? now) - run.QueuedNanos),
            Elapsed = Duration(now - (run.SentNanos ?? now)),
            Receipts = run.Receipts,
        };
    }

    private static TimeSpan Duration(long nanos) => TimeSpan.FromTicks(nanos / TimeSpan.NanosecondsPerTick);

    private void OnOutputRead(RunRecord run, long bytes)
    {
        lock (gate)
        {
            // At its end a run gives everything back at once, and when its reader has gone.
            if (run.WaitForReader && run.Phase != RunPhase.Completed)
            {
                run.UnreadBytes -= bytes;
                flow.Release(bytes);
            }
        }
    }

    private void OnReaderGone(RunRecord run)
    {
        lock (gate)
        {
            run.WaitForReader = false;
            ReleaseUnread(run);
        }
    }

    private void ReleaseUnread(RunRecord run)
    {
        flow.Release(run.UnreadBytes);
        run.UnreadBytes = 0;
    }

    private void ThrowIfRetired() => ObjectDisposedException.ThrowIf(retired, typeof(Worker));

    private void ThrowIfLost()
    {
        if (lost is not null)
        {
            throw new WorkerLostException(lost);
        }
    }
}
