namespace ProcInterrupt.Cli.Running;

/// <summary>Shows what a run does, as it happens.</summary>
internal static class RunEvents
{
    /// <param name="view">Shows it.</param>
    /// <param name="e">The event.</param>
    /// <param name="answers">Answers requests for input.</param>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public static void Show(this RunView view, RunEvent e, InputAnswers answers)
    {
        switch (e)
        {
            case OutputEvent output:
                view.ShowOutput(output.Stream, output.Text);
                break;
            case DisplayEvent display:
                view.ShowDisplay(display.Run?.Number ?? 0, display.Data);
                break;
            case OutputDroppedEvent dropped:
                view.ShowDropped(dropped.Bytes);
                break;
            case ProgressEvent progress:
                view.ShowProgress(progress.Fraction, progress.Message);
                break;
            case InputRequestEvent { Run: { } run } request:
                view.ShowOutput(OutputStream.Stdout, request.Prompt);
                answers.Answer(run, request);
                break;
            case ReceiptEvent { Receipt.Reason: InterruptReason.User } receipt:
                view.ShowReceipt(receipt.Receipt);
                break;
        }
    }
}
