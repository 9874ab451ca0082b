namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Unwinds a run whose code called <c>Environment.Exit</c>; no woven clause catches it.</summary>
internal sealed class RunExitException(int exitCode) : Exception($"The run ended itself with exit code {exitCode}.")
{
    public int ExitCode { get; } = exitCode;
}
