namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>How the worker's process ends; PROTOCOL.md lists them.</summary>
internal static class WorkerExitCode
{
    /// <summary>Told to shut down, or the controller closed the pipe.</summary>
    public const int Done = 0;

    public const int Usage = 64;

    /// <summary>The controller sent what is not the protocol.</summary>
    public const int Protocol = 65;

    /// <summary>The worker failed by itself.</summary>
    public const int Internal = 70;

    /// <summary>Told to end because its run did not stop.</summary>
    public const int Terminated = Messages.ProtocolConstants.TerminatedExitCode;
}
