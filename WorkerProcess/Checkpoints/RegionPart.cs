namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Which block of an exception clause a region is.</summary>
internal enum RegionPart
{
    /// <summary>Not in any clause: the method itself.</summary>
    Method,

    /// <summary>The protected block.</summary>
    Try,

    /// <summary>The filter block, which directly precedes its handler.</summary>
    Filter,

    /// <summary>The catch, finally or fault block.</summary>
    Handler,
}
