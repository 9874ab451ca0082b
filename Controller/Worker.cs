using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProcInterrupt.Connection;
using ProcInterrupt.Runs;

namespace ProcInterrupt;

/// <summary>A worker process and the session it holds: code is run in it one piece after the other, and can be interrupted without ending it.</summary>
/// <remarks>All members are safe from any thread.</remarks>
public sealed class Worker : IAsyncDisposable
{
    /// <summary>How long a worker may take to say what a run is doing: many times what it takes.</summary>
    internal static readonly TimeSpan DiagnosisPatience = TimeSpan.FromSeconds(2);

    private readonly Dispatcher dispatcher;
    private readonly WorkerKeeper keeper;
    private int shutDown;

    private Worker(WorkerOptions options)
    {
        var loggerFactory = options.LoggerFactory ?? NullLoggerFactory.Instance;
        dispatcher = new Dispatcher(options.OutputRetention, loggerFactory);
        keeper = new WorkerKeeper(options, dispatcher, loggerFactory.CreateLogger("ProcInterrupt.Controller"));
    }

    /// <summary>The worker's process id; a replacement has another one.</summary>
    public int ProcessId => keeper.Link.ProcessId;

    /// <summary>What can run here, and what cannot and why.</summary>
    public IReadOnlyList<EngineInfo> Engines => keeper.Link.Hello.Engines;

    /// <summary>Counts the worker's processes: 1 for the first, one more for each <see cref="WorkerOptions.Restart">replacement</see> that is ready.</summary>
    public int Generation => keeper.Generation;

    /// <summary>A path that opens as the interrupt buffer that the worker polls, or <see langword="null"/> when none is set.</summary>
    public string? MapPath => dispatcher.MapPath;

    /// <summary>Whether the worker is there, or is being replaced, and takes runs.</summary>
    public bool IsAlive => keeper.IsAlive;

    /// <summary>How the process ended, once it has for good, and everything that waited for it is settled. Never faults.</summary>
    /// <remarks>A process that is replaced does not complete it; see <see cref="WorkerReplacedEvent"/>.</remarks>
    public Task<WorkerExit> Exited => keeper.Exited;

    /// <summary>What is printed, shown or reported by code that goes on after its run is over.</summary>
    /// <remarks>Up to 1 MiB is kept, the oldest is dropped. Can be enumerated once; ends with the worker.</remarks>
    /// <exception cref="InvalidOperationException">On enumeration: the events are or were enumerated already.</exception>
    public IAsyncEnumerable<RunEvent> BackgroundEvents => dispatcher.Background.ReadAsync();

    /// <summary>Starts a worker process and waits until it is ready.</summary>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives the start up; the process is killed.</param>
    /// <exception cref="WorkerStartException">The worker program is missing, ended early, was refused, or took longer than <see cref="WorkerOptions.StartTimeout"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">Given up by <paramref name="cancellationToken"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not a Unix system.</exception>
    public static Task<Worker> StartAsync(WorkerOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Workers run on Unix systems only so far.");
        }

        options ??= new WorkerOptions();
        WorkerOptions.Check(options);
        return StartCheckedAsync(options, cancellationToken);
    }

    /// <summary>Queues a piece of code; it starts in its turn.</summary>
    /// <param name="engine">An engine's name, such as <c>csharp</c>.</param>
    /// <param name="code">The program.</param>
    /// <param name="options">How it is executed; <see langword="null"/> for the defaults.</param>
    /// <returns>The run. When the worker is lost, a run that has ended already, with <see cref="RunOutcome.WorkerLost"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The worker was shut down or disposed of.</exception>
    public Run Run(string engine, string code, RunOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(code);
        options ??= new RunOptions();
        if (options.Deadline <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Deadline, "A deadline is more than zero.");
        }

        if (options.FirstLine < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.FirstLine, "Lines are numbered from 1.");
        }

        return dispatcher.Run(engine, code, options);
    }

    /// <summary>Runs a piece of code to its end; the token interrupts it.</summary>
    /// <param name="engine">An engine's name, such as <c>csharp</c>.</param>
    /// <param name="code">The program.</param>
    /// <param name="cancellationToken">Interrupts the run, or takes it off the queue.</param>
    /// <returns>The result of a run that succeeded, even if it was asked to stop.</returns>
    /// <exception cref="OperationCanceledException">With <paramref name="cancellationToken"/>: it interrupted the run, and the code has unwound.</exception>
    /// <exception cref="RunFailedException">The code did not compile or threw, or was interrupted by somebody else or its deadline.</exception>
    /// <exception cref="WorkerLostException">The worker ended before the run did.</exception>
    /// <exception cref="ObjectDisposedException">The worker was shut down or disposed of.</exception>
    public Task<RunResult> RunAsync(string engine, string code, CancellationToken cancellationToken = default) =>
        RunAsync(engine, code, new RunOptions(), cancellationToken);

    /// <inheritdoc cref="RunAsync(string, string, CancellationToken)"/>
    /// <param name="engine">An engine's name, such as <c>csharp</c>.</param>
    /// <param name="code">The program.</param>
    /// <param name="options">How it is executed.</param>
    /// <param name="cancellationToken">Interrupts the run, or takes it off the queue.</param>
    public async Task<RunResult> RunAsync(string engine, string code, RunOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = Run(engine, code, options);
        RunResult result;
        using (cancellationToken.UnsafeRegister(static state => ((Run)state!).Interrupt(), run))
        {
            result = await run.Completion.ConfigureAwait(false);
        }

        return result.Outcome switch
        {
            RunOutcome.Succeeded => result,
            RunOutcome.Interrupted when cancellationToken.IsCancellationRequested => throw new OperationCanceledException("The run was interrupted.", cancellationToken),
            RunOutcome.Interrupted or RunOutcome.Failed => throw new RunFailedException(result),
            _ => throw new WorkerLostException(result.Error!.Message, result, Exited.IsCompletedSuccessfully ? await Exited.ConfigureAwait(false) : null),
        };
    }

    /// <summary>Forgets the session of an engine; queues behind the runs.</summary>
    /// <param name="engine">Its name; <see langword="null"/> for all engines.</param>
    /// <param name="cancellationToken">Takes the reset off the queue, or ends the wait for it.</param>
    /// <exception cref="InvalidOperationException">The worker refused, for instance because there is no such engine.</exception>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    /// <exception cref="ObjectDisposedException">The worker was shut down or disposed of.</exception>
    public Task ResetAsync(string? engine = null, CancellationToken cancellationToken = default) => dispatcher.ResetAsync(engine, cancellationToken);

    /// <summary>Asks what the current run is doing. See <see cref="Run.DiagnoseAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <returns><see cref="RunActivity.NotRunning"/> when no run is being executed, or the worker is gone.</returns>
    /// <exception cref="OperationCanceledException">With <paramref name="cancellationToken"/>.</exception>
    public Task<RunDiagnosis> DiagnoseAsync(CancellationToken cancellationToken = default) =>
        dispatcher.DiagnoseAsync(null, DiagnosisPatience, cancellationToken);

    /// <summary>Asks an engine whether code can be run as it is, or more has to follow. Nothing is executed; queues behind the runs.</summary>
    /// <param name="engine">An engine's name, such as <c>csharp</c>.</param>
    /// <param name="code">What was typed so far; its lines end with a line feed.</param>
    /// <param name="cancellationToken">Takes the question off the queue, or ends the wait for the answer.</param>
    /// <exception cref="InvalidOperationException">The worker refused: there is no such engine, or the code is too large for a frame.</exception>
    /// <exception cref="OperationCanceledException">With <paramref name="cancellationToken"/>.</exception>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    /// <exception cref="ObjectDisposedException">The worker was shut down or disposed of.</exception>
    public Task<CodeCompleteness> IsCompleteAsync(string engine, string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(code);
        return dispatcher.IsCompleteAsync(engine, code, cancellationToken);
    }

    /// <summary>Asks an engine what can stand at a place in code: names of the session, members, keywords. Nothing is executed; queues behind the runs.</summary>
    /// <param name="engine">An engine's name, such as <c>csharp</c>.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="position">The place, in UTF-16 units: 0 to the length of the code.</param>
    /// <param name="cancellationToken">Takes the question off the queue, or ends the wait for the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is not within the code.</exception>
    /// <exception cref="InvalidOperationException">The worker refused: there is no such engine, or the code is too large for a frame.</exception>
    /// <exception cref="OperationCanceledException">With <paramref name="cancellationToken"/>.</exception>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    /// <exception cref="ObjectDisposedException">The worker was shut down or disposed of.</exception>
    public Task<Completions> CompleteAsync(string engine, string code, int position, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(code);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, code.Length);
        return dispatcher.CompleteAsync(engine, code, position, cancellationToken);
    }

    /// <summary>Makes the worker poll another buffer, at once, also while code runs.</summary>
    /// <param name="buffer">
    /// The buffer, which the caller keeps and disposes of; <see langword="null"/> for none: requests then wait until one is
    /// set, and only deadlines and a kill end a run.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not the change.</param>
    /// <exception cref="InvalidOperationException">The worker could not map it; the old one stays.</exception>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    /// <exception cref="ObjectDisposedException">The worker or the buffer was disposed of.</exception>
    public async Task SetInterruptBufferAsync(InterruptBuffer? buffer, CancellationToken cancellationToken = default) =>
        await dispatcher.SetInterruptBufferAsync(buffer).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Ends the worker politely: queued runs never start, the current one is interrupted and unwinds, the process exits.</summary>
    /// <param name="cancellationToken">Ends the wait; <see cref="DisposeAsync"/> then ends the worker.</param>
    /// <remarks>Waits as long as the code takes to unwind. May be called twice, and after the worker is lost.</remarks>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref shutDown, 1) == 0)
        {
            dispatcher.Retire();
            keeper.ShutDown();
        }

        await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the worker: closes its pipe, and kills its processes if it has not ended after <see cref="WorkerOptions.ExitGrace"/>.</summary>
    /// <remarks>May be called twice, and after the worker is lost.</remarks>
    public async ValueTask DisposeAsync()
    {
        dispatcher.Retire();
        keeper.Close();
        await Exited.ConfigureAwait(false);
    }

    private static async Task<Worker> StartCheckedAsync(WorkerOptions options, CancellationToken cancellationToken)
    {
        using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        start.CancelAfter(options.StartTimeout);
        var worker = new Worker(options);
        try
        {
            await worker.keeper.StartAsync(start.Token).ConfigureAwait(false);
            return worker;
        }
        catch (OperationCanceledException exception)
        {
            throw cancellationToken.IsCancellationRequested
                ? new OperationCanceledException("The start of the worker was given up.", exception, cancellationToken)
                : new WorkerStartException($"The worker was not ready within {options.StartTimeout.TotalSeconds} s and was killed.", exception);
        }
        catch (Exception exception) when (exception is WorkerLostException or InvalidOperationException or IOException)
        {
            throw new WorkerStartException(exception.Message, exception);
        }
    }
}
