using System.Diagnostics;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What native code and child processes write to descriptors 1 and 2: captured, under the run that is current.</summary>
/// <remarks>
/// A thread of its own takes it in while there is room in the buffer; where there is none, the pipes fill and the writers
/// block. What has to be in order, takes it in itself first: a thread that prints, and the end of a run.
/// </remarks>
internal sealed class DescriptorCapture
{
    /// <summary>Looking costs a system call, so a thread that prints looks no more often than this: a child lives longer.</summary>
    private static readonly long LookInterval = Stopwatch.Frequency / 10_000;

    [ThreadStatic]
    private static long lastLook;

    private readonly Lock gate = new();
    private readonly OutputBuffer buffer;
    private readonly MessageSender sender;
    private readonly DeliveryDesk desk;
    private readonly CapturedPipe output;
    private readonly CapturedPipe error;

    public DescriptorCapture(OutputBuffer buffer, MessageSender sender, DeliveryDesk desk)
    {
        this.buffer = buffer;
        this.sender = sender;
        this.desk = desk;
        output = new CapturedPipe(OutputStream.Stdout, buffer, mirror: -1);

        // The controller keeps the end of the worker's own standard error: should the runtime crash, it says there why.
        error = new CapturedPipe(OutputStream.Stderr, buffer, mirror: WorkerThread.FaultDescriptor);
    }

    /// <summary>Redirects both descriptors, for good.</summary>
    public void Start()
    {
        const int standardOutput = 1;
        const int standardError = 2;
        output.Open(PipeCalls.Redirect(standardOutput));
        error.Open(PipeCalls.Redirect(standardError));
        WorkerThread.Start("descriptor reader", Loop);
    }

    /// <summary>Whether the calling thread has not looked for a while.</summary>
    public static bool IsDue()
    {
        var now = Stopwatch.GetTimestamp();
        if (now - lastLook < LookInterval)
        {
            return false;
        }

        lastLook = now;
        return true;
    }

    /// <summary>Takes in what is there at this moment.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool TryTakeIn()
    {
        lock (gate)
        {
            var (some, others) = PipeCalls.WaitReadable(output.Descriptor, error.Descriptor, timeoutMillis: 0);
            if (!some && !others)
            {
                return true;
            }

            if (!buffer.HasSpace)
            {
                return false;
            }

            TakeIn(output, some);
            TakeIn(error, others);
            sender.OutputPosted();
            return true;
        }
    }

    /// <summary>The run is about to be over: what was written until now is its own, whether there is room or not.</summary>
    public void Settle()
    {
        lock (gate)
        {
            var (some, others) = PipeCalls.WaitReadable(output.Descriptor, error.Descriptor, timeoutMillis: 0);
            TakeIn(output, some);
            TakeIn(error, others);
            output.GiveUpIncomplete();
            error.GiveUpIncomplete();
        }
    }

    private static void TakeIn(CapturedPipe pipe, bool readable)
    {
        if (readable && !pipe.TakeInAll())
        {
            // Readable without anything to read: its end, which is seen by reading.
            pipe.TakeIn();
        }
    }

    private void Loop()
    {
        while (output.Descriptor >= 0 || error.Descriptor >= 0)
        {
            PipeCalls.WaitReadable(output.Descriptor, error.Descriptor, timeoutMillis: -1);
            if (!TryTakeIn())
            {
                desk.WaitUntil(() => buffer.HasRoom, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
