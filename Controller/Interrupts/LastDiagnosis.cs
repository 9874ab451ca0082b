namespace ProcInterrupt.Interrupts;

/// <summary>What was last found out about a run that did not stop, for the receipts of those who asked it to. Safe from any thread.</summary>
internal sealed class LastDiagnosis
{
    private volatile RunDiagnosis? found;

    /// <summary>The last one that says something.</summary>
    public RunDiagnosis? Found => found;

    /// <summary>A worker that does not answer is worth telling only when nothing better is known.</summary>
    public void Add(RunDiagnosis diagnosis)
    {
        if (diagnosis.Activity != RunActivity.NotRunning && (diagnosis.Activity != RunActivity.NoAnswer || found is null))
        {
            found = diagnosis;
        }
    }
}
