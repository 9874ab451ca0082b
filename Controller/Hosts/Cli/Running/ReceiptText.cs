using System.Globalization;

namespace ProcInterrupt.Cli.Running;

/// <summary>Receipts and errors as people read them.</summary>
internal static class ReceiptText
{
    /// <summary>One line that says what became of a request.</summary>
    public static string Of(InterruptReceipt receipt) => receipt.Status switch
    {
        ReceiptStatus.Interrupted when receipt.Rung == InterruptRung.Insist => $"interrupted by insisting, in {Micros(receipt.ReportedMicros)}{Steps(receipt)}",
        ReceiptStatus.Interrupted => $"interrupted in {Micros(receipt.ReportedMicros)}{Steps(receipt)}",
        ReceiptStatus.Handled => $"interrupt handled by the code in {Micros(receipt.ReportedMicros)}{Steps(receipt)}",
        ReceiptStatus.TooLate => $"too late: the code had ended by itself{Steps(receipt)}",
        ReceiptStatus.NeverStarted => "taken off the queue, never started",
        ReceiptStatus.Terminated => $"worker terminated after {Micros(receipt.ReportedMicros)}, since the code did not stop",
        ReceiptStatus.Killed => $"worker killed after {Micros(receipt.ReportedMicros)}, since the code did not stop",
        ReceiptStatus.WorkerLost => "the worker was lost",
        _ => throw new ArgumentOutOfRangeException(nameof(receipt), receipt.Status, "A status that has no text."),
    };

    /// <summary>A time in the unit that suits it.</summary>
    public static string Micros(long micros) => micros switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{micros} us"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{micros / 1e3:0.0#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{micros / 1e6:0.0#} s"),
    };

    private static string Steps(InterruptReceipt receipt)
    {
        var steps = new List<string>(3);
        if (receipt.Deferred)
        {
            steps.Add("held off by a shield");
        }

        if (receipt.TakenMicros is { } taken)
        {
            steps.Add($"taken after {Micros(taken)}");
        }

        if (receipt.UnwoundMicros is { } unwound)
        {
            steps.Add($"unwound after {Micros(unwound)}");
        }

        return steps.Count == 0 ? "" : $" ({string.Join(", ", steps)})";
    }
}
