using ProcInterrupt.Cli.Running;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Running;

public sealed class ReceiptTextTests
{
    [Theory]
    [InlineData(ReceiptStatus.Interrupted, InterruptRung.Signal, false, 12L, 340L, "interrupted in 5.0 ms (taken after 12 us, unwound after 340 us)")]
    [InlineData(ReceiptStatus.Interrupted, InterruptRung.Signal, true, 1_200L, 3_456L, "interrupted in 5.0 ms (held off by a shield, taken after 1.2 ms, unwound after 3.46 ms)")]
    [InlineData(ReceiptStatus.Interrupted, InterruptRung.Insist, true, 12L, 340L, "interrupted by insisting, in 5.0 ms (held off by a shield, taken after 12 us, unwound after 340 us)")]
    [InlineData(ReceiptStatus.Handled, InterruptRung.Signal, false, 12L, null, "interrupt handled by the code in 5.0 ms (taken after 12 us)")]
    [InlineData(ReceiptStatus.Handled, InterruptRung.Signal, true, 12L, null, "interrupt handled by the code in 5.0 ms (held off by a shield, taken after 12 us)")]
    [InlineData(ReceiptStatus.TooLate, InterruptRung.Signal, false, null, null, "too late: the code had ended by itself")]
    [InlineData(ReceiptStatus.TooLate, InterruptRung.Signal, true, null, null, "too late: the code had ended by itself (held off by a shield)")]
    [InlineData(ReceiptStatus.NeverStarted, InterruptRung.Signal, false, null, null, "taken off the queue, never started")]
    [InlineData(ReceiptStatus.Terminated, InterruptRung.Terminate, true, null, null, "worker terminated after 5.0 ms, since the code did not stop")]
    [InlineData(ReceiptStatus.Killed, InterruptRung.Kill, true, 12L, null, "worker killed after 5.0 ms, since the code did not stop")]
    [InlineData(ReceiptStatus.WorkerLost, InterruptRung.Signal, true, 12L, null, "the worker was lost")]
    public void A_receipt_is_one_line(ReceiptStatus status, InterruptRung rung, bool deferred, long? taken, long? unwound, string text)
    {
        var receipt = new InterruptReceipt
        {
            Status = status,
            Rung = rung,
            Signal = Signal.Interrupt,
            Reason = InterruptReason.User,
            Run = 1,
            StatePreserved = rung <= InterruptRung.Insist,
            Deferred = deferred,
            TakenMicros = taken,
            UnwoundMicros = unwound,
            ReportedMicros = 5_000,
        };
        Assert.Equal(text, ReceiptText.Of(receipt));
    }

    [Fact]
    public void Each_status_has_a_text() => Assert.All(Enum.GetValues<ReceiptStatus>(), static status => Assert.NotEmpty(ReceiptText.Of(new InterruptReceipt
    {
        Status = status,
        Rung = InterruptRung.Signal,
        Signal = Signal.Interrupt,
        Reason = InterruptReason.User,
        Run = 1,
        StatePreserved = true,
        ReportedMicros = 0,
    })));

    [Theory]
    [InlineData(0, "0 us")]
    [InlineData(999, "999 us")]
    [InlineData(1_000, "1.0 ms")]
    [InlineData(1_550, "1.55 ms")]
    [InlineData(2_000_000, "2.0 s")]
    [InlineData(61_250_000, "61.25 s")]
    public void A_time_has_the_unit_that_suits_it(long micros, string text) => Assert.Equal(text, ReceiptText.Micros(micros));
}
