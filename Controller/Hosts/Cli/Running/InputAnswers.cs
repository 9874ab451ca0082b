namespace ProcInterrupt.Cli.Running;

/// <summary>Answers a run's input requests with lines. Safe from any thread.</summary>
internal sealed class InputAnswers : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly IInputLines lines;
    private readonly CancellationTokenSource stopped = new();
    private readonly List<Task> replies = [];
    private CancellationTokenSource? newest;

    public InputAnswers(IInputLines lines) => this.lines = lines;

    /// <summary>Reads a line and replies, on a thread that may block: the run can be interrupted meanwhile.</summary>
    public void Answer(Run run, InputRequestEvent request)
    {
        // Code that was interrupted while it read asks something else: the older question is not waited for any more.
        var reading = CancellationTokenSource.CreateLinkedTokenSource(stopped.Token);
        Interlocked.Exchange(ref newest, reading)?.Cancel();
        var reply = Task.Factory.StartNew(() => Reply(run, request, reading.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        lock (replies)
        {
            replies.Add(reply);
        }
    }

    /// <summary>Gives up the requests that were not answered. When it is done, nobody reads for them any more.</summary>
    /// <remarks>For when the run is over and something else reads. It takes as long as the lines take to be given up.</remarks>
    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        Task[] waited;
        lock (replies)
        {
            waited = [.. replies];
        }

        await Task.WhenAll(waited);
        stopped.Dispose();
    }

    private void Reply(Run run, InputRequestEvent request, CancellationToken given)
    {
        try
        {
            run.ReplyToInput(request, ReadLine(request.Password, given));
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested)
        {
            // The run is over, or asks something else.
        }
        catch (ArgumentException tooLong)
        {
            // Without its answer the code would wait for ever, and a part of the line would be a wrong one.
            Console.Error.WriteLine($"procinterrupt: a line of standard input cannot be given to the code: {tooLong.Message}");
            run.Interrupt();
        }
        catch (Exception failed) when (failed is IOException or UsageException)
        {
            // Standard input cannot be read: its end, as far as the code is concerned.
            Console.Error.WriteLine($"procinterrupt: {failed.Message}");
            run.ReplyToInput(request, null);
        }
    }

    private string? ReadLine(bool password, CancellationToken given)
    {
        // One request at a time, so that two of them do not share a line.
        lock (gate)
        {
            given.ThrowIfCancellationRequested();
            return lines.Read(password, given);
        }
    }
}
