using System.Text;
using ProcInterrupt.Cli.Json;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary>Shows one run: its output as it is produced, what became of it at the end. Not thread-safe.</summary>
internal sealed class RunView
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Stream output = DescriptorStream.OpenStandard(1);
    private readonly Stream error = DescriptorStream.OpenStandard(2);
    private readonly TerminalStyle style = TerminalStyle.ForError;
    private readonly ProgressBar? progress = Console.IsErrorRedirected ? null : new ProgressBar(Console.Error);
    private readonly DisplayView displays;
    private bool outputEndsInsideLine;
    private bool errorEndsInsideLine;

    /// <param name="displayFolder">Where pictures are written, or <see langword="null"/>.</param>
    public RunView(DisplayFolder? displayFolder) => displays = new DisplayView(this, displayFolder);

    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void ShowOutput(OutputStream stream, string text)
    {
        progress?.Clear();
        if (text.Length == 0)
        {
            return;
        }

        if (stream == OutputStream.Stdout)
        {
            output.Write(Utf8.GetBytes(text));
            outputEndsInsideLine = text[^1] != '\n';
        }
        else
        {
            WriteError(text);
        }
    }

    /// <summary>Shows what code displays: text, and where its pictures are.</summary>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void ShowDisplay(uint run, IReadOnlyDictionary<string, string> data) => displays.Show(run, data);

    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void ShowLine(string text) => ShowOutput(OutputStream.Stdout, text + "\n");

    /// <summary>Goes to a new line of the terminal if the code left one open.</summary>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void EndLine()
    {
        if (outputEndsInsideLine || errorEndsInsideLine)
        {
            errorEndsInsideLine = false;
            ShowLine("");
        }
    }

    /// <summary>A value on a line of its own.</summary>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void ShowValue(string text) => ShowLine((outputEndsInsideLine ? "\n" : "") + text);

    /// <summary>A line was ended on the terminal by whoever typed it.</summary>
    public void LineTyped() => outputEndsInsideLine = errorEndsInsideLine = false;

    /// <summary>Says something about the run on standard error.</summary>
    public void ShowNote(string text) => Note(style.Yellow(text));

    public void ShowFailure(string text) => Note(style.Red(text));

    public void ShowProgress(double fraction, string? message) => progress?.Show(fraction, message);

    public void ShowReceipt(InterruptReceipt receipt) => Note(style.Yellow(receipt.Diagnosis is { } diagnosis
        ? $"{ReceiptText.Of(receipt)}\n{DiagnosisText.Of(diagnosis)}"
        : ReceiptText.Of(receipt)));

    public void ShowDropped(long bytes) => Note(style.Yellow($"{bytes:N0} bytes of output were dropped"));

    /// <summary>Says on standard error how the run ended, unless it simply succeeded.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="timeout">The deadline it had, if any.</param>
    /// <param name="place">Said before it: where the code stands in a larger one; may be empty.</param>
    public void ShowEnd(RunResult result, TimeSpan? timeout, string place = "")
    {
        progress?.Clear();
        if (result.Error is { } failure)
        {
            var isOfTheCode = result.Outcome == RunOutcome.Failed;
            Note(style.Red(place + (isOfTheCode ? ErrorText.Of(failure) : failure.Message)));
        }

        if (result.Outcome == RunOutcome.Interrupted)
        {
            if (result.Reason == InterruptReason.Deadline && timeout is { } deadline)
            {
                Note(style.Yellow($"interrupted at its deadline of {ReceiptText.Micros((long)deadline.TotalMicroseconds)}"));
            }
            else if (place.Length > 0 || !result.Receipts.Any(receipt => receipt.Status == ReceiptStatus.Interrupted))
            {
                // Somebody else wrote to the interrupt map, or the receipt does not say where.
                Note(style.Yellow($"{place}interrupted ({EnumText.Of(result.Reason ?? InterruptReason.User)})"));
            }
        }
    }

    /// <summary>Ends standard output with the result as one line of JSON.</summary>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void ShowJson(RunResult result)
    {
        if (outputEndsInsideLine)
        {
            ShowLine("");
        }

        var writer = new JsonLineWriter(output);
        writer.Write(json =>
        {
            EventJson.WriteCompleted(json, 1, result);
            EventJson.WriteReceipts(json, result.Receipts);
        });
        if (writer.Closed is { IsCompletedSuccessfully: true, Result: var failure })
        {
            throw failure;
        }
    }

    private void Note(string text)
    {
        progress?.Clear();
        WriteError((errorEndsInsideLine ? "\n" : "") + text.TrimEnd('\n') + "\n");
    }

    private void WriteError(string text)
    {
        errorEndsInsideLine = text[^1] != '\n';
        try
        {
            error.Write(Utf8.GetBytes(text));
        }
        catch (IOException)
        {
            // Without a reader of standard error there is nowhere left to complain; the run goes on, as any program does with 2>&-.
        }
    }
}
