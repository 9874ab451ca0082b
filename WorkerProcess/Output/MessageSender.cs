using System.Text;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>The only one that writes to the pipe: frames in the order they were posted, output behind credit.</summary>
/// <remarks>
/// Frames that report facts never wait behind output that nobody reads. A run's last output goes out before its
/// <c>RunCompleted</c>, whatever the credit; the buffer is bounded. User code never writes: it posts, and the sending
/// thread or the run thread between runs does the rest.
/// </remarks>
internal sealed class MessageSender : IFramePoster
{
    /// <summary>How long small pieces of output are gathered.</summary>
    private const long GatheringNanos = 10_000_000;

    /// <summary>The same when nothing has been sent for a while: what is printed at once comes together, and whoever reads does not wait.</summary>
    private static readonly TimeSpan FirstGathering = TimeSpan.FromMilliseconds(1);

    private readonly IMessageWriter writer;
    private readonly OutputBuffer output;
    private readonly Lock writing = new();
    private readonly object gate = new();
    private readonly Queue<IMessage> frames = new();
    private long outputSent = -GatheringNanos;
    private long credit = ProtocolConstants.InitialOutputCredit;
    private volatile bool outputPosted;
    private volatile bool gathering;
    private bool lazy;
    private bool stopped;

    public MessageSender(IMessageWriter writer, OutputBuffer output)
    {
        this.writer = writer;
        this.output = output;
    }

    /// <summary>Called, by the thread that sent, when there is room in the output buffer again.</summary>
    public Action SpaceFreed { get; set; } = static () => { };

    /// <summary>Called when the pipe is broken; nothing is sent any more.</summary>
    public Action<IOException> Broken { get; set; } = static _ => { };

    public void Start() => WorkerThread.Start("message sender", Loop);

    public void Post(IMessage message)
    {
        lock (gate)
        {
            frames.Enqueue(message);
            lazy = false;
            Monitor.Pulse(gate);
        }
    }

    public void PostLazily(IMessage message)
    {
        lock (gate)
        {
            lazy |= frames.Count == 0;
            frames.Enqueue(message);
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            if (lazy && frames.Count > 0)
            {
                lazy = false;
                Monitor.Pulse(gate);
            }
        }
    }

    /// <summary>Posts and sends on the calling thread. For threads of ours that run no user code.</summary>
    public void SendNow(IMessage message)
    {
        lock (gate)
        {
            frames.Enqueue(message);
        }

        Drain(withOutput: false);
    }

    /// <summary>Sends what was posted on the calling thread. For threads of ours that run no user code.</summary>
    public void SendPosted() => Drain(withOutput: false);

    /// <summary>Sends everything, and what was written until the buffer was closed regardless of credit: nothing follows.</summary>
    public void SendLast()
    {
        Drain(withOutput: true, closing: true);
    }

    /// <summary>Says that something was put into the output buffer.</summary>
    /// <remarks>
    /// Looks before it locks, since it comes with each line: the sender sets <see cref="outputPosted"/> back before it looks
    /// into the buffer, so whoever still sees it set, after putting something in, is found there.
    /// </remarks>
    public void OutputPosted()
    {
        if (outputPosted && !(gathering && output.HasPiece))
        {
            return;
        }

        lock (gate)
        {
            if (!outputPosted || (gathering && output.HasPiece))
            {
                outputPosted = true;
                Monitor.Pulse(gate);
            }
        }
    }

    public void AddCredit(long bytes)
    {
        lock (gate)
        {
            credit += bytes;
            outputPosted = true;
            Monitor.Pulse(gate);
        }
    }

    private static long Cost(IMessage message) => message switch
    {
        OutputPiece text => OutputCost.Of(text.Length),
        DisplayMessage display => OutputCost.Of(display.Data.Sum(item => (long)Encoding.UTF8.GetByteCount(item.Value))),
        _ => 0,
    };

    private void Loop()
    {
        while (true)
        {
            lock (gate)
            {
                while ((frames.Count == 0 || lazy) && !(outputPosted && credit > 0) && !stopped)
                {
                    Monitor.Wait(gate);
                }

                if (stopped)
                {
                    return;
                }

                if (frames.Count == 0 && !output.HasPiece)
                {
                    // Woken early by a frame, or by a piece that is worth sending.
                    gathering = true;
                    var left = TimeSpan.FromTicks((Volatile.Read(ref outputSent) + GatheringNanos - MonotonicClock.Nanos) / 100);
                    Monitor.Wait(gate, left > FirstGathering ? left : FirstGathering);
                    gathering = false;
                }

                outputPosted = false;
            }

            Drain(withOutput: true);
            if (output.HasProgress)
            {
                // Its time comes soon, whether something else is written or not.
                outputPosted = true;
            }
        }
    }

    private void Drain(bool withOutput, bool closing = false)
    {
        lock (writing)
        {
            try
            {
                while (TryNextFrame(out var frame))
                {
                    SendFact(frame);
                }

                if (withOutput)
                {
                    SendOutput(closing);
                }
            }
            catch (IOException exception)
            {
                lock (gate)
                {
                    stopped = true;
                }

                Broken(exception);
            }
        }
    }

    /// <summary>A frame that reports a fact, behind the output that belongs before it.</summary>
    private void SendFact(IMessage frame)
    {
        switch (frame)
        {
            case RunCompletedMessage:
                SendOutput(closing: true);
                break;
            case InputRequestMessage:
                // What was printed before it is likely to be the question.
                SendOutputBefore();
                break;
            default:
                break;
        }

        Write(frame);
    }

    /// <summary>What the buffer can hold at the most: a flood must not keep the frame from being sent, and no later frame may overtake it.</summary>
    private void SendOutputBefore()
    {
        for (long left = OutputBuffer.MaxBytes; left > 0 && HasCredit && output.TryTake(out var message, closing: false);)
        {
            left -= Math.Max(1, Cost(message));
            SendTaken(message);
        }
    }

    private void SendTaken(IMessage message)
    {
        lock (gate)
        {
            credit -= Cost(message);
        }

        Write(message);
        Volatile.Write(ref outputSent, MonotonicClock.Nanos);
        output.Recycle(message);
        if (output.HasRoom)
        {
            SpaceFreed();
        }
    }

    /// <param name="closing">At the end of a run: all of its output, and regardless of credit.</param>
    private void SendOutput(bool closing)
    {
        while ((closing || HasCredit) && output.TryTake(out var message, closing))
        {
            SendTaken(message);

            // Facts first, also in the middle of a flood.
            while (!closing && TryNextFrame(out var frame))
            {
                SendFact(frame);
            }
        }
    }

    private void Write(IMessage message)
    {
        try
        {
            writer.Write(message);
        }
        catch (ProtocolException exception)
        {
            // Larger than a frame may be; nothing of it was sent. What it reports must arrive all the same.
            writer.Write(message switch
            {
                RunCompletedMessage { Error: { } error } completed => completed with { Value = null, Error = error with { Message = exception.Message, Traceback = "" } },
                RunCompletedMessage completed => completed with { Value = new RunValue($"(not sent: {exception.Message})", new Dictionary<string, string>(), null) },
                _ => new LogMessage(LogMessage.ErrorLevel, "Worker", $"{message.GetType().Name}: {exception.Message}"),
            });
        }
    }

    private bool HasCredit
    {
        get
        {
            lock (gate)
            {
                return credit > 0;
            }
        }
    }

    private bool TryNextFrame(out IMessage frame)
    {
        lock (gate)
        {
            lazy = false;
            return frames.TryDequeue(out frame!);
        }
    }
}
