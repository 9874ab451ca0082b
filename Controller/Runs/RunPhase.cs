namespace ProcInterrupt.Runs;

/// <summary>Where a run is.</summary>
internal enum RunPhase
{
    /// <summary>At the controller; taken off the queue by a request to stop.</summary>
    Queued,

    /// <summary>Its code was sent; requests go through the word.</summary>
    Sent,

    /// <summary>The worker said that it has begun.</summary>
    Started,

    /// <summary>Over: requests are too late.</summary>
    Completed,
}
