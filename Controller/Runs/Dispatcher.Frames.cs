using System.Text;
using Microsoft.Extensions.Logging;
using ProcInterrupt.Diagnostics;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Runs;

/// <content>What the worker says. All of it may be hostile; what cannot be true ends the connection.</content>
internal sealed partial class Dispatcher
{
    /// <summary>One run reads one line at a time; its threads may each.</summary>
    private const int MaxInputRequests = 64;

    /// <summary>What the prompts of unanswered requests may hold together: as much as one that fills a frame.</summary>
    private const long MaxPromptChars = ProtocolConstants.DefaultMaxFrameBytes;

    /// <summary>What a form of a display takes to keep besides its text: two strings and their place in the map.</summary>
    private const long FormBytes = 128;

    /// <summary>A frame has arrived. Called by the reading thread.</summary>
    /// <exception cref="ProtocolException">The frame does not fit what went before; the connection is over.</exception>
    public void Receive(IMessage message)
    {
        lock (gate)
        {
            if (killing || lost is not null)
            {
                return;
            }

            switch (message)
            {
                case RunStartedMessage started:
                    OnStarted(started);
                    break;
                case OutputMessage output:
                    OnOutput(output);
                    break;
                case DisplayMessage display:
                    OnDisplay(display);
                    break;
                case ProgressMessage progress:
                    OnProgress(progress);
                    break;
                case InputRequestMessage input:
                    OnInputRequest(input);
                    break;
                case InterruptTakenMessage taken:
                    InWorker(taken.Run, taken);
                    desk.Taken(new InterruptWord(taken.Word), taken.AtNanos);
                    break;
                case InterruptDeferredMessage deferred:
                    InWorker(deferred.Run, deferred);
                    desk.Deferred(new InterruptWord(deferred.Word));
                    break;
                case InterruptHandledMessage handled:
                    InWorker(handled.Run, handled);
                    desk.Handled(new InterruptWord(handled.Word));
                    break;
                case RunCompletedMessage completed:
                    OnCompleted(completed);
                    break;
                case ResetDoneMessage reset:
                    OnReset(reset);
                    break;
                case IsCompleteAnswerMessage answer:
                    OnIsComplete(answer);
                    break;
                case CompleteAnswerMessage answer:
                    OnComplete(answer);
                    break;
                case DiagnosisAnswerMessage answer:
                    OnDiagnosis(answer);
                    break;
                case InterruptBufferSetMessage set:
                    OnBufferSet(set);
                    break;
                case BudgetExceededMessage budget:
                    InWorker(budget.Run, budget).Exceeded = budget.Reason;
                    break;
                case LogMessage log:
                    workerLog.Write(log);
                    break;
                default:
                    throw new ProtocolException($"The worker sent {Name(message)}, which is not for the controller or not at this time.");
            }
        }
    }

    /// <summary>A message could not be sent because it does not fit in a frame. Called by the writing thread.</summary>
    public void OnRefused(IMessage message, ProtocolException exception)
    {
        lock (gate)
        {
            if (message is RunCodeMessage code && current is RunRecord run && run.Number == code.Run)
            {
                desk.End(interrupted: false, MonotonicClock.Nanos);
                terminating = false;
                var error = new RunError(typeof(ProtocolException).FullName!, exception.Message, "");
                current = null;
                Finish(run, WithoutWorker(run, RunOutcome.Failed, null) with { Error = error });
            }
            else if (current is QueuedRequest request && ReferenceEquals(request.Message, message))
            {
                current = null;
                request.Fail(new InvalidOperationException(exception.Message, exception));
            }
            else
            {
                logger.MessageRefused(Name(message), exception.Message);
            }

            SendNext();
        }
    }

    private static string Name(IMessage message) => message.GetType().Name.Replace("Message", "", StringComparison.Ordinal);

    /// <summary>The run in the worker, which the frame must be of.</summary>
    private RunRecord InWorker(uint number, IMessage message) =>
        current is RunRecord run && run.Number == number
            ? run
            : throw new ProtocolException($"The worker sent {Name(message)} for run {number}, which is not in it.");

    private RunRecord Running(uint number, IMessage message) =>
        InWorker(number, message) is { Phase: RunPhase.Started } run
            ? run
            : throw new ProtocolException($"The worker sent {Name(message)} for run {number} before RunStarted.");

    private void OnStarted(RunStartedMessage message)
    {
        var run = InWorker(message.Run, message);
        if (run.Phase == RunPhase.Started)
        {
            throw new ProtocolException($"The worker sent RunStarted for run {message.Run} twice.");
        }

        run.Phase = RunPhase.Started;
        run.Events.Add(new RunStartedEvent(run.Handle));
        desk.Started();
    }

    private void OnOutput(OutputMessage message)
    {
        long bytes = Encoding.UTF8.GetByteCount(message.Text);
        var cost = OutputCost.Of(bytes);
        flow.Received(cost);
        var run = message.Run == 0 ? null : Running(message.Run, message);
        Keep(run, new OutputEvent(run?.Handle, message.Stream, message.Text), cost, bytes, 0);
    }

    private void OnDisplay(DisplayMessage message)
    {
        long keys = message.Data.Keys.Sum(key => (long)Encoding.UTF8.GetByteCount(key));
        long values = message.Data.Values.Sum(value => (long)Encoding.UTF8.GetByteCount(value));
        var cost = OutputCost.Of(values);
        flow.Received(cost);
        var run = message.Run == 0 ? null : Running(message.Run, message);
        Keep(run, new DisplayEvent(run?.Handle, message.Data), cost, keys + values, message.Data.Count * FormBytes);
    }

    private void OnProgress(ProgressMessage message)
    {
        var run = message.Run == 0 ? null : Running(message.Run, message);
        Keep(run, new ProgressEvent(run?.Handle, message.Fraction, message.Message), 0, Encoding.UTF8.GetByteCount(message.Message ?? ""), 0);
    }

    /// <param name="run">Whose; null for the background.</param>
    /// <param name="item">The event.</param>
    /// <param name="credited">Bytes that count against the worker's credit.</param>
    /// <param name="bytes">All of its bytes.</param>
    /// <param name="extra">What it takes to keep it besides those and what each event takes.</param>
    private void Keep(RunRecord? run, RunEvent item, long credited, long bytes, long extra)
    {
        // What costs the worker hardly any credit for its size is not waited for: it would not be bounded.
        if (run is { WaitForReader: true } && credited > 0 && bytes + extra <= 2 * credited)
        {
            run.UnreadBytes += credited;
            run.Events.AddWaitedFor(item, credited);
            return;
        }

        flow.Release(credited);
        (run?.Events ?? Background).AddDroppable(item, bytes, extra);
    }

    private void OnInputRequest(InputRequestMessage message)
    {
        var run = Running(message.Run, message);
        if (run.InputRequests.Count == MaxInputRequests || !run.InputRequests.TryAdd(message.Request, message.Prompt.Length))
        {
            throw new ProtocolException($"The worker asked for input again (request {message.Request}), with {run.InputRequests.Count} requests unanswered.");
        }

        if (run.InputRequests.Count > 1 && run.InputRequests.Values.Sum(static length => (long)length) is > MaxPromptChars and var chars)
        {
            throw new ProtocolException($"The worker asks for input with prompts of {chars} characters, {MaxPromptChars} is the most.");
        }

        run.Events.Add(new InputRequestEvent(run.Handle, message.Prompt, message.Password) { Request = message.Request });
    }

    private void OnCompleted(RunCompletedMessage message)
    {
        var run = Running(message.Run, message);
        if (message.Outcome is not (RunOutcome.Succeeded or RunOutcome.Failed or RunOutcome.Interrupted))
        {
            throw new ProtocolException($"The worker says that run {message.Run} ended with outcome {message.Outcome}, which is not its to say.");
        }

        // What goes beyond its memory budget fails, and yet it was stopped by an interrupt.
        var interrupted = message.Outcome == RunOutcome.Interrupted || message is { Outcome: RunOutcome.Failed, Reason: InterruptReason.Memory };
        desk.End(interrupted, message.EndedNanos);
        terminating = false;
        ReleaseUnread(run);
        current = null;
        hasCompletedRun |= resumed;
        var now = MonotonicClock.Nanos;
        Finish(run, new RunResult
        {
            Number = run.Number,
            Outcome = message.Outcome,
            Reason = interrupted ? message.Reason : null,
            Value = message.Value,
            Error = message.Error,
            ExitCode = message.ExitCode,
            Queued = Duration(run.SentNanos!.Value - run.QueuedNanos),
            Elapsed = Duration(Math.Clamp(message.EndedNanos - message.StartedNanos, 0, now - run.SentNanos.Value)),
            Receipts = run.Receipts,
        });
        SendNext();
    }

    private void OnReset(ResetDoneMessage message) => OnAnswer(Asked<QueuedReset>(message.Request, message), message.Error, true);

    private void OnIsComplete(IsCompleteAnswerMessage message) => OnAnswer(
        Asked<QueuedIsComplete>(message.Request, message),
        message.Error,
        new CodeCompleteness(message.Status, message.Indent, message.MayContinue));

    private void OnComplete(CompleteAnswerMessage message)
    {
        var asked = Asked<QueuedComplete>(message.Request, message);
        if (message.End > asked.CodeLength)
        {
            throw new ProtocolException($"The worker sent {Name(message)} for {message.Start} to {message.End} of code that has {asked.CodeLength} characters.");
        }

        OnAnswer(asked, message.Error, new Completions(message.Start, message.End, message.Matches));
    }

    /// <summary>The request in the worker, which the frame must answer.</summary>
    private TRequest Asked<TRequest>(long number, IMessage message)
        where TRequest : QueuedRequest =>
        current is TRequest request && request.Number == number
            ? request
            : throw new ProtocolException($"The worker sent {Name(message)} for request {number}, which was not made.");

    private void OnAnswer<TAnswer>(QueuedRequest<TAnswer> request, string? error, TAnswer answer)
    {
        current = null;
        if (error is null)
        {
            request.Complete(answer);
        }
        else
        {
            request.Fail(new InvalidOperationException(error));
        }

        SendNext();
    }

    private void OnBufferSet(InterruptBufferSetMessage message)
    {
        if (!swaps.TryPeek(out var swap) || swap.Request != message.Request)
        {
            throw new ProtocolException($"The worker sent InterruptBufferSet for request {message.Request}, which was not made.");
        }

        swaps.Dequeue();
        if (message.Error is not null)
        {
            desk.KeepTarget();
            swap.Buffer?.Release();
            swap.Fail(new InvalidOperationException($"The worker could not map the interrupt buffer: {message.Error}"));
            return;
        }

        desk.SetTarget(swap.Buffer);
        LetGoOfParted();
        buffer?.Release();
        buffer = swap.Buffer;
        bufferIsOwn = swap.IsOwn;
        swap.Complete();
    }
}
