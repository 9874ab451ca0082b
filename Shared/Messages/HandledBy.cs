namespace ProcInterrupt.Messages;

/// <summary>What dealt with an interrupt that did not end its run.</summary>
internal enum HandledBy
{
    /// <summary>A handler set with <see cref="Interrupt.Handle"/> returned, or threw something of its own.</summary>
    Handler = 1,

    /// <summary>A catch clause for the exception was left normally.</summary>
    Catch = 2,

    /// <summary>A signal without a handler, other than 2, or a byte that is no signal: consumed and ignored.</summary>
    Ignored = 3,
}
