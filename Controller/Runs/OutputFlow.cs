using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>The credit against which the worker sends output: it waits when there is none, so that nobody has to keep what nobody reads.</summary>
/// <remarks>Under the dispatcher's lock.</remarks>
internal sealed class OutputFlow
{
    /// <summary>What the worker may send before the first grant: 1 MiB, as PROTOCOL.md says.</summary>
    public const long InitialBytes = 1024 * 1024;

    /// <summary>Grants are gathered to this size: a message for each piece of output would cost more than the output.</summary>
    private const long GrantBytes = InitialBytes / 4;

    /// <summary>What the end of a run may send without credit: the worker's whole buffer of 1 MiB, what is in its pipes, one display, and some.</summary>
    private const long MaxOverdraft = (2 * 1024 * 1024) + ProtocolConstants.DefaultMaxFrameBytes;

    private readonly Action<long> grant;
    private long credit = InitialBytes;
    private long overdraft;
    private long toGrant;

    /// <param name="grant">Sends OutputCredit.</param>
    public OutputFlow(Action<long> grant) => this.grant = grant;

    /// <summary>Output has arrived.</summary>
    /// <exception cref="ProtocolException">The worker sent far more than it was granted.</exception>
    public void Received(long bytes)
    {
        if (credit <= 0)
        {
            // The last piece sent with credit may have been larger than the credit; only what comes after it counts.
            if (overdraft > MaxOverdraft)
            {
                throw new ProtocolException($"The worker sent {overdraft} bytes of output more than it had credit for.");
            }

            overdraft += bytes;
        }

        credit -= bytes;
    }

    /// <summary>Output needs no place any more; the worker may send as much again.</summary>
    public void Release(long bytes)
    {
        toGrant += bytes;
        if (toGrant >= GrantBytes || (toGrant > 0 && credit <= 0))
        {
            credit += toGrant;
            grant(toGrant);
            toGrant = 0;
            if (credit > 0)
            {
                overdraft = 0;
            }
        }
    }
}
