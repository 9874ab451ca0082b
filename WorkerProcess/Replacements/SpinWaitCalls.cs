namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>The condition is the user's code, and may be one without a check of its own, as <c>task.IsCompleted</c> is.</remarks>
[Replaces(typeof(SpinWait))]
public static class SpinWaitCalls
{
    public static void SpinUntil(Func<bool> condition) => SpinWait.SpinUntil(Checked(condition));

    public static bool SpinUntil(Func<bool> condition, int millisecondsTimeout) => SpinWait.SpinUntil(Checked(condition), millisecondsTimeout);

    public static bool SpinUntil(Func<bool> condition, TimeSpan timeout) => SpinWait.SpinUntil(Checked(condition), timeout);

    private static Func<bool> Checked(Func<bool> condition) => condition is null
        ? condition!
        : () =>
        {
            Interrupt.Check();
            return condition();
        };
}
