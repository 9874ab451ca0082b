using ProcInterrupt.Cli.Running;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Running;

public sealed class InterruptPressesTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void The_first_interrupts_the_second_climbs_the_third_kills()
    {
        var presses = new InterruptPresses(time);
        Assert.Equal(StopStep.Interrupt, presses.Press());
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StopStep.Climb, presses.Press());
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StopStep.Kill, presses.Press());
        Assert.Equal(StopStep.Kill, presses.Press());
    }

    [Fact]
    public void A_second_one_after_two_seconds_is_a_first_one()
    {
        var presses = new InterruptPresses(time);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(StopStep.Interrupt, presses.Press());
            time.Advance(TimeSpan.FromMilliseconds(2_001));
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan duration) => now += duration.Ticks;
    }
}
