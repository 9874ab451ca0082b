namespace ProcInterrupt.Cli.Running;

/// <summary>What a press of Ctrl+C does.</summary>
internal enum StopStep
{
    /// <summary>Interrupt the run.</summary>
    Interrupt,

    /// <summary>Climb the ladder.</summary>
    Climb,

    /// <summary>Kill the worker.</summary>
    Kill,
}
