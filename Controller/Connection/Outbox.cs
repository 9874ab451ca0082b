using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Connection;

/// <summary>Messages for the worker until the writing thread has sent them. Bounded: a worker that does not read is given up.</summary>
internal sealed class Outbox : IOutbox
{
    /// <summary>Far more than a worker that reads ever leaves: one run is in it at a time, and replies wait for requests.</summary>
    private const int Capacity = 4096;

    private readonly object gate = new();
    private readonly Queue<IMessage> messages = new();
    private readonly Action overflowed;
    private long credit;
    private bool closed;

    /// <param name="overflowed">Called when the worker has not read for too long. Must not call back.</param>
    public Outbox(Action overflowed) => this.overflowed = overflowed;

    public void Post(IMessage message)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            if (messages.Count < Capacity)
            {
                messages.Enqueue(message);
                Monitor.Pulse(gate);
                return;
            }

            closed = true;
            Monitor.Pulse(gate);
        }

        overflowed();
    }

    public void PostCredit(long bytes)
    {
        lock (gate)
        {
            credit += bytes;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Nothing is taken any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Whether nothing waits to be sent, and something still may be.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return !closed && IsEmpty;
            }
        }
    }

    private bool IsEmpty => credit == 0 && messages.Count == 0;

    /// <summary>Blocks until there is a message.</summary>
    /// <returns>False once closed.</returns>
    public bool Wait()
    {
        lock (gate)
        {
            while (!closed && IsEmpty)
            {
                Monitor.Wait(gate);
            }

            return !closed;
        }
    }

    /// <summary>Takes the next message; credit goes first, since it is small and the worker may wait for it.</summary>
    /// <returns>False when there is none, or once closed.</returns>
    public bool TryTake([NotNullWhen(true)] out IMessage? message)
    {
        lock (gate)
        {
            message = null;
            if (closed || IsEmpty)
            {
                return false;
            }

            if (credit > 0)
            {
                message = new OutputCreditMessage(credit);
                credit = 0;
                return true;
            }

            message = messages.Dequeue();
            return true;
        }
    }
}
