using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary><c>Environment.Exit</c> would end the worker; it ends the run instead.</summary>
[Replaces(typeof(Environment))]
public static class EnvironmentCalls
{
    public static void Exit(int exitCode) => WovenCode.Exit(exitCode);
}
