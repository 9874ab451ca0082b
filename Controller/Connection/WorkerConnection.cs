using ProcInterrupt.Messages;
using ProcInterrupt.Processes;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Connection;

/// <summary>The pipe to a worker at work: one thread that reads and one that writes, both in blocking calls; short code is written by whoever posts it.</summary>
internal sealed class WorkerConnection : IOutbox
{
    /// <summary>Characters; a frame of them is far below what the kernel keeps for a reader, 200 KB.</summary>
    private const int SmallRun = 8 * 1024;

    private readonly Lock writing = new();
    private readonly WorkerPipe pipe;
    private readonly Outbox outbox;
    private readonly TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<IMessage, ProtocolException> refused = static (_, exception) => throw exception;
    private Exception? firstFault;
    private int running;

    /// <param name="pipe">Connected, with Hello read; disposed of by the caller once <see cref="Stopped"/>.</param>
    public WorkerConnection(WorkerPipe pipe)
    {
        this.pipe = pipe;
        outbox = new Outbox(() => Fail(new ProtocolException("The worker does not read its pipe.")));
    }

    /// <summary>Completes when nothing is read any more: with the first fault, or null when the worker closed the pipe. Never faults.</summary>
    public Task<Exception?> Ended => ended.Task;

    /// <summary>Completes when both threads are done with the pipe.</summary>
    public Task Stopped => stopped.Task;

    /// <summary>Starts the threads. Called once.</summary>
    /// <param name="received">Called by the reading thread for each message; what it throws ends the connection.</param>
    /// <param name="refused">Called by the thread that writes for a message that does not fit in a frame.</param>
    /// <param name="processId">For the threads' names.</param>
    public void Start(Action<IMessage> received, Action<IMessage, ProtocolException> refused, int processId)
    {
        running = 2;
        this.refused = refused;
        new Thread(() => ReadAll(received)) { IsBackground = true, Name = $"worker {processId} reader" }.Start();
        new Thread(WriteAll) { IsBackground = true, Name = $"worker {processId} writer" }.Start();
    }

    public void Post(IMessage message)
    {
        if (!TrySend(message))
        {
            outbox.Post(message);
        }
    }

    public void PostCredit(long bytes) => outbox.PostCredit(bytes);

    /// <summary>Ends the connection: the worker sees the end of its pipe, blocked calls here return. May be called twice.</summary>
    public void Close()
    {
        outbox.Close();
        pipe.Shutdown();
    }

    private void Fail(Exception fault)
    {
        Interlocked.CompareExchange(ref firstFault, fault, null);
        Close();
    }

    private void ReadAll(Action<IMessage> received)
    {
        try
        {
            while (pipe.Reader.Read() is { } message)
            {
                received(message);
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, a fault of ours too: the connection is over, and whoever waits is told why.
            Interlocked.CompareExchange(ref firstFault, exception, null);
        }

        ended.TrySetResult(Volatile.Read(ref firstFault));
        ThreadEnds();
    }

    /// <summary>On the calling thread, which saves waking another: a run that takes microseconds waits for nothing longer.</summary>
    /// <returns>False when it might have to wait, for others or for the worker.</returns>
    private bool TrySend(IMessage message)
    {
        if (message is not RunCodeMessage run
            || run.Code.Length + run.Engine.Length + (run.Path?.Length ?? 0) > SmallRun
            || !writing.TryEnter())
        {
            return false;
        }

        try
        {
            if (!outbox.IsIdle || !pipe.IsReadToEnd)
            {
                return false;
            }

            Write(message);
        }
        catch (Exception exception)
        {
            EndWriting(exception);
        }
        finally
        {
            writing.Exit();
        }

        return true;
    }

    private void WriteAll()
    {
        PromptThread.Begin();
        try
        {
            while (outbox.Wait())
            {
                // Taken inside, so that none that is sent at once comes between.
                lock (writing)
                {
                    if (outbox.TryTake(out var message))
                    {
                        Write(message);
                    }
                }
            }
        }
        catch (Exception exception)
        {
            EndWriting(exception);
        }

        lock (writing)
        {
            // Whoever sends at once is done with the pipe, and the outbox is closed to others.
        }

        ThreadEnds();
    }

    private void Write(IMessage message)
    {
        try
        {
            pipe.Writer.Write(message);
        }
        catch (ProtocolException exception)
        {
            refused(message, exception);
        }
    }

    private void EndWriting(Exception exception)
    {
        if (exception is IOException)
        {
            // The worker is gone or going. What it sent before that is still to be read, and the reading thread finds the end.
            outbox.Close();
        }
        else
        {
            Fail(exception);
        }
    }

    private void ThreadEnds()
    {
        if (Interlocked.Decrement(ref running) == 0)
        {
            stopped.TrySetResult();
        }
    }
}
