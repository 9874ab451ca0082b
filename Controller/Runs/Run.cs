using ProcInterrupt.Interrupts;
using ProcInterrupt.Runs;

namespace ProcInterrupt;

/// <summary>One piece of code sent to a worker. Made by <see cref="Worker.Run"/>; all members are safe from any thread.</summary>
public sealed class Run
{
    /// <summary>The reply has to fit in a frame, at up to three bytes a character.</summary>
    private const int MaxReplyChars = 4 * 1024 * 1024;

    private readonly RunRecord record;
    private readonly Dispatcher dispatcher;

    internal Run(RunRecord record, Dispatcher dispatcher, string engine)
    {
        this.record = record;
        this.dispatcher = dispatcher;
        Engine = engine;
    }

    /// <summary>Counts within the worker, from 1.</summary>
    public uint Number => record.Number;

    /// <summary>The engine that was asked for.</summary>
    public string Engine { get; }

    /// <summary>What became of the run. Never faults and is never cancelled: whatever happens is reported in the result.</summary>
    public Task<RunResult> Completion => record.Completion;

    /// <summary>What the run does, as it happens; ends after its <see cref="RunCompletedEvent"/>.</summary>
    /// <remarks>
    /// Can be enumerated once. What happens before that is kept, output up to <see cref="WorkerOptions.OutputRetention"/>. An
    /// enumeration that is given up with <see cref="RunOptions.WaitForReader"/> set does not hold the code up any more.
    /// </remarks>
    /// <exception cref="InvalidOperationException">On enumeration: the events are or were enumerated already.</exception>
    public IAsyncEnumerable<RunEvent> Events => record.Events.ReadAsync();

    /// <summary>Asks the code to stop: one write to shared memory and the doorbell. Does not wait.</summary>
    /// <param name="signal">1 to 64.</param>
    /// <remarks>
    /// A run that is still queued is taken off the queue. The receipt appears as <see cref="ReceiptEvent"/> and in
    /// <see cref="RunResult.Receipts"/>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not within 1 to 64.</exception>
    public void Interrupt(Signal signal = Signal.Interrupt) => Request(signal, id: null, awaited: false);

    /// <summary>Asks the code to stop, and tells what became of that.</summary>
    /// <param name="signal">1 to 64.</param>
    /// <param name="id">Repeated in the receipt, so that a requester knows its own; not looked at otherwise.</param>
    /// <returns>The receipt. Never faults; completes at the latest when the run or the worker ends.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not within 1 to 64.</exception>
    public Task<InterruptReceipt> InterruptAsync(Signal signal = Signal.Interrupt, string? id = null) =>
        Request(signal, id, awaited: true).Receipt;

    /// <summary>Stops the run by the ladder: signal, insist, terminate, kill, each with its grace, and none once the run has ended.</summary>
    /// <param name="policy">How patiently, and how far up; <see langword="null"/> for the defaults.</param>
    /// <param name="id">Repeated in the receipt.</param>
    /// <returns>The receipt, once the run has ended, with the rungs that it took. Never faults.</returns>
    /// <remarks>
    /// <para>A signal that the code deals with does not settle the receipt as long as the code goes on.</para>
    /// <para>The first two rungs keep the session. The others end the worker; runs that are queued are told, or go on in a replacement.</para>
    /// <para>A run may be stopped several times at once: each stop climbs by its own policy, and has its own receipt.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The policy's signal, rung or a grace is out of range.</exception>
    public Task<InterruptReceipt> StopAsync(StopPolicy? policy = null, string? id = null)
    {
        policy ??= new StopPolicy();
        StopPolicy.Check(policy);
        return new Climb(dispatcher, record, policy, id).ToTheEndAsync();
    }

    /// <summary>Asks what the run is doing, and so why it may not stop. Works whatever its code does; takes some 20 to 300 ms.</summary>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <returns><see cref="RunActivity.NotRunning"/> when it is queued or over; <see cref="RunActivity.NoAnswer"/> when the worker says nothing for 2 s.</returns>
    /// <remarks>Stops the worker's threads for some microseconds, as a garbage collection does. Does not disturb the run otherwise.</remarks>
    /// <exception cref="OperationCanceledException">With <paramref name="cancellationToken"/>.</exception>
    public Task<RunDiagnosis> DiagnoseAsync(CancellationToken cancellationToken = default) =>
        dispatcher.DiagnoseAsync(record, Worker.DiagnosisPatience, cancellationToken);

    /// <summary>Answers a request for input.</summary>
    /// <param name="request">The event, from this run.</param>
    /// <param name="text">A line without its end; <see langword="null"/> for the end of input. Up to 4 Mi characters.</param>
    /// <returns><see langword="false"/> when it was answered already or the run is over; nothing happens then.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is of another run, or <paramref name="text"/> is too long.</exception>
    public bool ReplyToInput(InputRequestEvent request, string? text)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Run != this)
        {
            throw new ArgumentException("The request for input is another run's.", nameof(request));
        }

        if (text?.Length > MaxReplyChars)
        {
            throw new ArgumentException($"A reply has at most {MaxReplyChars} characters.", nameof(text));
        }

        return dispatcher.ReplyToInput(record, request.Request, text);
    }

    private InterruptRequest Request(Signal signal, string? id, bool awaited)
    {
        if (signal is Signal.None or > Signal.Max)
        {
            throw new ArgumentOutOfRangeException(nameof(signal), signal, "A signal is a number from 1 to 64.");
        }

        var request = new InterruptRequest(Number, signal, InterruptRung.Signal, id, untilEnd: false, awaited);
        dispatcher.Interrupt(record, request);
        return request;
    }
}
