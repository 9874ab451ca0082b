using System.Globalization;

namespace ProcInterrupt.Cli.Running;

/// <summary>Diagnoses as people read them.</summary>
internal static class DiagnosisText
{
    /// <summary>What the run was doing, in a line, and the calls that it was in.</summary>
    public static string Of(RunDiagnosis diagnosis)
    {
        var said = diagnosis.Activity switch
        {
            RunActivity.NotRunning => "it was not running",
            RunActivity.Preparing => "the engine was at work for it: compiling, or formatting its value",
            RunActivity.Polling when !diagnosis.IsInterruptible => "its code was running, and polls, but a shield of its held the interrupt off",
            RunActivity.Polling => "its code was running, and polls",
            RunActivity.CleaningUp => "it was in clean-up (finally, Dispose), which the signal does not break off",
            RunActivity.Handling => "its handler of the signal was running",
            RunActivity.Swallowing => string.Create(CultureInfo.InvariantCulture, $"its code swallows interrupts and goes on ({diagnosis.Swallowed} so far)"),
            RunActivity.Blocked when diagnosis.IsInterruptible => "it was waiting",
            RunActivity.Blocked => "it was waiting where no interrupt wakes it",
            RunActivity.NotPolling => "it was in code that does not poll",
            RunActivity.Native => "it was in native code that it had called",
            RunActivity.NoAnswer => "the worker did not say what it was doing",
            _ => throw new ArgumentOutOfRangeException(nameof(diagnosis), diagnosis.Activity, "An activity that has no text."),
        };
        var call = diagnosis.Call is { } called ? $": {called}" : "";
        var thread = diagnosis.Thread is { } state ? $" ({state})" : "";
        return $"{said}{call}{thread}{(diagnosis.Stack is { } stack ? $"\n{stack}" : "")}";
    }
}
