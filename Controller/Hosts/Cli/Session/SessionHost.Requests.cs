using System.Text.Json;
using ProcInterrupt.Cli.Json;

namespace ProcInterrupt.Cli.Session;

/// <content>What is asked of runs and of the session, and its answers.</content>
internal sealed partial class SessionHost
{
    private void Ask(long number, Signal signal, JsonElement? id, Func<Run, string, Task<InterruptReceipt>> ask)
    {
        var run = Find(number);
        if (run is null)
        {
            // Its run was let go of when it was reported; that it had ended is all there is to say.
            var receipt = new InterruptReceipt
            {
                Status = ReceiptStatus.TooLate,
                Rung = InterruptRung.Signal,
                Signal = signal,
                Reason = InterruptReason.User,
                Run = 0,
                StatePreserved = true,
                ReportedMicros = 0,
            };
            output.Write(json => EventJson.WriteReceipt(json, number, id, receipt));
            return;
        }

        var key = run.AddRequest(id);
        Keep(AnswerAsync(run, ask(run.Run, key)));
    }

    /// <summary>The session's end waits for it.</summary>
    private void Keep(Task answer)
    {
        lock (gate)
        {
            answers.Add(answer);
        }

        _ = answer.ContinueWith(
            done =>
            {
                lock (gate)
                {
                    answers.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task AnswerAsync(SessionRun run, Task<InterruptReceipt> asked)
    {
        var receipt = await asked;

        // Asked for after the run's last event, it was not among them.
        await run.Followed;
        WriteReceipt(run, receipt);
    }

    private void WriteReceipt(SessionRun run, InterruptReceipt receipt)
    {
        // A receipt without the client's id belongs to a press of Ctrl+C.
        if (run.TryTakeRequest(receipt.Id, out var id))
        {
            output.Write(json => EventJson.WriteReceipt(json, run.Number, id, receipt));
        }
    }

    private void Diagnose(DiagnoseLine line)
    {
        Keep(DiagnoseAsync(line, Find(line.Run)));
    }

    private async Task DiagnoseAsync(DiagnoseLine line, SessionRun? run)
    {
        var diagnosis = run is null ? new RunDiagnosis { Run = 0, Activity = RunActivity.NotRunning } : await run.Run.DiagnoseAsync();
        output.Write(json => EventJson.WriteDiagnosis(json, line.Run, line.Id, diagnosis));
    }

    private void Answer(InputLine line)
    {
        var run = Find(line.Run);
        try
        {
            if (run is null || !run.TryAnswer(line.Text))
            {
                throw new LineException($"Run {line.Run} does not wait for input; send a line after an input event.");
            }
        }
        catch (ArgumentException refused)
        {
            throw new LineException($"The text cannot be given to run {line.Run}: {refused.Message}");
        }
    }

    private void Reset(string? engine)
    {
        lock (gate)
        {
            var before = tail;
            tail = Task.WhenAll(before, ReportResetAsync(engine, worker.ResetAsync(engine), before));
        }
    }

    private async Task ReportResetAsync(string? engine, Task reset, Task before)
    {
        try
        {
            await reset;
        }
        catch (Exception refused) when (refused is InvalidOperationException or WorkerLostException or OperationCanceledException)
        {
            output.Write(json => EventJson.WriteError(json, $"Nothing was reset: {refused.Message}"));
            return;
        }

        await before;
        output.Write(json => EventJson.WriteReset(json, engine));
    }

    /// <returns><see langword="null"/> when it has ended.</returns>
    /// <exception cref="LineException">There is no such run.</exception>
    private SessionRun? Find(long number)
    {
        lock (gate)
        {
            return open.TryGetValue(number, out var run) || ended.Contains(number)
                ? run
                : throw new LineException($"There is no run {number}; a run is known once its run line was accepted.");
        }
    }
}
