using ProcInterrupt.WorkerProcess.Delivery;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

public sealed class KickGateTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public void Kicks_at_random_moments_break_the_waits_behind_the_gate_and_no_other()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        const int rounds = 20_000;
        int broken = 0, kicks = 0, stray = 0;
        KickGate? gate = null;
        var done = false;
        using var ready = new ManualResetEventSlim();
        var waiter = new Thread(() =>
        {
            var random = new Random(seed);
            gate = new KickGate(Thread.CurrentThread);
            ready.Set();
            for (var round = 0; round < rounds; round++)
            {
                gate.OpenFor(cleanup: false, repeatable: true);
                try
                {
                    if (random.Next(3) == 0)
                    {
                        Thread.Sleep(random.Next(3) == 0 ? 1 : 0);
                    }
                }
                catch (ThreadInterruptedException)
                {
                    broken++;
                }

                gate.Close();
                try
                {
                    Thread.Sleep(0);
                }
                catch (ThreadInterruptedException)
                {
                    stray++;
                }
            }

            Volatile.Write(ref done, true);
        });
        waiter.Start();
        ready.Wait();
        while (!Volatile.Read(ref done))
        {
            if (gate!.TryKick(insist: false, onlyRepeatable: true))
            {
                kicks++;
            }
        }

        Assert.True(waiter.Join(Bound));
        Assert.Equal(0, stray);
        Assert.InRange(broken, 1, kicks);
    }

    [Theory]
    [InlineData(false, true, false, true, true)]
    [InlineData(false, false, false, true, false)]
    [InlineData(false, false, false, false, true)]
    [InlineData(true, true, false, true, false)]
    [InlineData(true, true, true, true, true)]
    [InlineData(true, false, true, false, true)]
    public void Who_waits_says_who_may_kick(bool cleanup, bool repeatable, bool insist, bool onlyRepeatable, bool kicked)
    {
        var gate = new KickGate(Thread.CurrentThread);
        Assert.False(gate.TryKick(insist, onlyRepeatable), "closed");
        gate.OpenFor(cleanup, repeatable);
        Assert.Equal(kicked, gate.TryKick(insist, onlyRepeatable));
        Assert.Equal(kicked, gate.IsKicked);
        Assert.False(gate.TryKick(insist, onlyRepeatable) && kicked, "one kick is enough");
        gate.Close();
        Thread.Sleep(0);
    }

    [Fact]
    public void A_wait_inside_a_wait_leaves_the_outer_one_as_it_was()
    {
        var gate = new KickGate(Thread.CurrentThread);
        gate.OpenFor(cleanup: false, repeatable: false);
        var outer = gate.Suspend();
        Assert.False(gate.TryKick(insist: false, onlyRepeatable: false), "user code that the outer wait called");
        gate.OpenFor(cleanup: true, repeatable: true);
        gate.Close();
        gate.Resume(outer);
        Assert.False(gate.TryKick(insist: false, onlyRepeatable: true), "the outer wait cannot be repeated");
        Assert.True(gate.TryKick(insist: false, onlyRepeatable: false));
        gate.Close();
    }
}
