namespace ProcInterrupt.Tests.Soak;

/// <summary>What must not happen.</summary>
internal enum SoakFault
{
    /// <summary>A request without a receipt.</summary>
    Lost,

    /// <summary>A request that acted on another run, or a receipt that tells of another.</summary>
    Misdelivered,

    /// <summary>A request with more than one receipt.</summary>
    Duplicated,

    /// <summary>Anything else that is not as promised: a result that does not fit its receipts, a session that lost its state, a worker that ended.</summary>
    Wrong,
}
