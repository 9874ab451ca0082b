using ProcInterrupt.WorkerProcess.Diagnosis;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>What is remembered for whoever asks why the run does not stop.</content>
internal sealed partial class RunScope
{
    private int isAsked;
    private volatile CheckpointSeen? seen;
    private volatile Exception? lastSwallowed;
    private int raises;
    private int handlers;

    /// <summary>Somebody wants to know whether its threads come to checkpoints.</summary>
    public bool IsAsked
    {
        get => Volatile.Read(ref isAsked) != 0;
        set => Volatile.Write(ref isAsked, value ? 1 : 0);
    }

    /// <summary>One thread answers, and to one question only.</summary>
    /// <returns>Whether <paramref name="before"/> stood there still.</returns>
    public bool TryTell(CheckpointSeen answer, CheckpointSeen? before) => Interlocked.CompareExchange(ref seen, answer, before) == before;

    /// <summary>The last one that was asked for.</summary>
    public CheckpointSeen? Seen
    {
        get => seen;
        set => seen = value;
    }

    /// <summary>Interrupts that code has caught, and gone on. Guarded by the desk.</summary>
    public int Caughts { get; set; }

    /// <summary>What the last one was caught as.</summary>
    public Exception? LastSwallowed
    {
        get => lastSwallowed;
        set => lastSwallowed = value;
    }

    /// <summary>How often its threads were made to throw.</summary>
    public int Raises => Volatile.Read(ref raises);

    /// <summary>Whether a handler of its signals is running.</summary>
    public bool IsHandling => Volatile.Read(ref handlers) > 0;

    public void HandlerBegan() => Interlocked.Increment(ref handlers);

    public void HandlerEnded() => Interlocked.Decrement(ref handlers);
}
