namespace ProcInterrupt.Cli.Running;

/// <summary>Does to a run what presses of Ctrl+C ask for. Safe from any thread.</summary>
internal sealed class RunStopper
{
    private readonly InterruptPresses presses = new(TimeProvider.System);
    private readonly Run run;

    public RunStopper(Run run) => this.run = run;

    /// <summary>One press. What became of it is among the run's receipts.</summary>
    public void Press()
    {
        switch (presses.Press())
        {
            case StopStep.Interrupt:
                run.Interrupt();
                break;
            case StopStep.Climb:
                _ = run.StopAsync();
                break;
            case StopStep.Kill:
                _ = run.StopAsync(StopPolicy.AtOnce);
                break;
        }
    }
}
