using System.Text;
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
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private readonly IMessageWriter writer;
    private readonly OutputBuffer output;
    private readonly Lock writing = new();
    private readonly object gate = new();
    private readonly Queue<IMessage> frames = new();
    private long credit = ProtocolConstants.InitialOutputCredit;
    private bool outputPosted;
    private bool gathering;
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

    /// <summary>Says that something was put into the output buffer.</summary>
    public void OutputPosted()
    {
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
        OutputMessage text => Encoding.UTF8.GetByteCount(text.Text),
        DisplayMessage display => display.Data.Sum(item => (long)Encoding.UTF8.GetByteCount(item.Value)),
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
                    Monitor.Wait(gate, Gathering);
                    gathering = false;
                }

                outputPosted = false;
            }

            Drain(withOutput: true);
        }
    }

    private void Drain(bool withOutput)
    {
        lock (writing)
        {
            try
            {
                while (TryNextFrame(out var frame))
                {
                    if (frame is RunCompletedMessage)
                    {
                        SendOutput(regardlessOfCredit: true);
                    }

                    Write(frame);
                }

                if (withOutput)
                {
                    SendOutput(regardlessOfCredit: false);
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

    private void SendOutput(bool regardlessOfCredit)
    {
        while ((regardlessOfCredit || HasCredit) && output.TryTake(out var message))
        {
            lock (gate)
            {
                credit -= Cost(message);
            }

            Write(message);
            SpaceFreed();

            // Facts first, also in the middle of a flood; a completion flushes what is left itself.
            while (!regardlessOfCredit && TryNextFrame(out var frame))
            {
                if (frame is RunCompletedMessage)
                {
                    SendOutput(regardlessOfCredit: true);
                }

                Write(frame);
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
