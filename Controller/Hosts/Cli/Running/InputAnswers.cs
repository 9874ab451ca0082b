namespace ProcInterrupt.Cli.Running;

/// <summary>Answers a run's input requests with lines. Safe from any thread.</summary>
internal sealed class InputAnswers : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly IInputLines lines;
    private readonly CancellationTokenSource stopped = new();
    private readonly List<Task> replies = [];

    public InputAnswers(IInputLines lines) => this.lines = lines;

    /// <summary>Reads a line and replies, on a thread that may block: the run can be interrupted meanwhile.</summary>
    public void Answer(Run run, InputRequestEvent request)
    {
        var reply = Task.Factory.StartNew(() => Reply(run, request), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    private void Reply(Run run, InputRequestEvent request)
    {
        try
        {
            run.ReplyToInput(request, ReadLine(request.Password));
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The run is over.
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

    private string? ReadLine(bool password)
    {
        // One request at a time, so that two of them do not share a line.
        lock (gate)
        {
            stopped.Token.ThrowIfCancellationRequested();
            return lines.Read(password, stopped.Token);
        }
    }
}
