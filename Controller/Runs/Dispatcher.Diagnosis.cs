using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Runs;

/// <content>What runs are doing.</content>
internal sealed partial class Dispatcher
{
    /// <summary>So many questions may be open at a time; further ones are taken for unanswered.</summary>
    private const int MaxDiagnoses = 16;

    /// <summary>Questions without an answer, those that nobody waits for any more included.</summary>
    private readonly Dictionary<long, TaskCompletionSource<RunDiagnosis>> diagnoses = [];

    /// <summary>Asks the worker what a run is doing.</summary>
    /// <param name="run">The run; null for the current one.</param>
    /// <param name="patience">How long the worker may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RunDiagnosis> DiagnoseAsync(RunRecord? run, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = run?.Number ?? 0;
        Task<RunDiagnosis> answer;
        lock (gate)
        {
            if (run is { Phase: RunPhase.Queued or RunPhase.Completed } || (run is null && current is not RunRecord) || lost is not null)
            {
                return Without(number, RunActivity.NotRunning);
            }

            if (diagnoses.Count == MaxDiagnoses)
            {
                return Without(number, RunActivity.NoAnswer);
            }

            var asked = new TaskCompletionSource<RunDiagnosis>(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = asked.Task;
            diagnoses.Add(++lastRequest, asked);
            outbox.Post(new DiagnoseMessage(lastRequest, number));
        }

        try
        {
            return await answer.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Without(number, RunActivity.NoAnswer);
        }
    }

    private static RunDiagnosis Without(uint run, RunActivity activity) => new() { Run = run, Activity = activity };

    private void OnDiagnosis(DiagnosisAnswerMessage message)
    {
        if (!diagnoses.Remove(message.Request, out var asked))
        {
            throw new ProtocolException($"The worker sent {Name(message)} for request {message.Request}, which was not made.");
        }

        asked.SetResult(new RunDiagnosis
        {
            Run = message.Run,
            Activity = message.Activity,
            IsInterruptible = message.Interruptible,
            Call = message.Call,
            Thread = message.Thread,
            Swallowed = message.Swallowed,
            SwallowedAt = message.SwallowedAt,
            Stack = message.Stack,
        });
    }

    /// <summary>The worker is gone; nothing runs.</summary>
    private void CloseDiagnoses()
    {
        foreach (var asked in diagnoses.Values)
        {
            asked.SetResult(Without(0, RunActivity.NotRunning));
        }

        diagnoses.Clear();
    }
}
