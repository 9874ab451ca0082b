using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>What a receipt tells of the rungs.</summary>
public sealed class InterruptRequestTests
{
    [Fact]
    public void Rungs_are_told_in_the_order_of_time()
    {
        var request = new InterruptRequest(run: 1, Signal.Interrupt, InterruptRung.Signal, id: null, untilEnd: true, awaited: true);
        request.Climb(InterruptRung.Signal, request.AtNanos);
        request.Climb(InterruptRung.Insist, request.AtNanos + 20_000_000);

        // Another stop of the same run had told the worker to end by then.
        request.Climb(InterruptRung.Terminate, request.AtNanos + 10_000_000);
        request.Climb(InterruptRung.Kill, request.AtNanos + 30_000_000);

        var receipt = request.Settle(ReceiptStatus.Killed, InterruptRung.Kill);
        Assert.Equal(
            [new(InterruptRung.Signal, 0), new(InterruptRung.Terminate, 10_000), new(InterruptRung.Insist, 20_000), new(InterruptRung.Kill, 30_000)],
            receipt.Rungs.ToArray());
    }
}
