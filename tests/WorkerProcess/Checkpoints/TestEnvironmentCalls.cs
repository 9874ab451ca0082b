using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>The end of a run, as <see cref="TestHooks"/> has it.</summary>
[Replaces(typeof(Environment))]
public static class TestEnvironmentCalls
{
    public static void Exit(int exitCode)
    {
        TestHooks.ExitCode = exitCode;
        throw new KeyboardInterruptException();
    }
}
