using ProcInterrupt.Interrupts;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Controller;

/// <summary>The desk against a simulated worker, which may end at any time, and a stranger, in random interleavings of their atomic steps.</summary>
public sealed class InterruptDeskStressTests
{
    private const int Runs = 20_000;
    private readonly ITestOutputHelper log;

    public InterruptDeskStressTests(ITestOutputHelper log) => this.log = log;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_request_has_one_receipt_none_is_lost_and_no_other_run_is_touched(bool withStranger)
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        var world = new World(new Random(seed), withStranger);
        for (uint run = 1; run <= Runs; run++)
        {
            world.RunOne(run);
        }

        log.WriteLine($"{world.Requests.Count} requests: {string.Join(", ", world.Requests.GroupBy(r => r.Receipt.Result.Status).Select(g => $"{g.Count()} {g.Key}"))}");
        Assert.Equal(world.Requests.Count, world.Issued);
        Assert.True(world.Requests.Count > Runs / 2, "Too few requests to mean anything.");
    }

    private sealed class World(Random random, bool withStranger)
    {
        private static readonly Signal[] Signals = [Signal.Interrupt, Signal.Interrupt, Signal.User1, Signal.Alarm];
        private readonly Queue<Action> frames = new();
        private FakeTarget controllers = new();
        private FakeTarget workers = null!;
        private InterruptDesk desk = null!;
        private readonly List<InterruptWord> raised = [];
        private bool unwinding;
        private bool swapAsked;
        private bool insisted;
        private InterruptRung beyond;
        private readonly List<string> trace = [];

        public List<InterruptRequest> Requests { get; } = [];

        public int Issued { get; private set; }

        public void RunOne(uint run)
        {
            if (desk is null)
            {
                desk = new InterruptDesk(_ => Issued++);
                Connect();
            }

            var before = Requests.Count;
            trace.Clear();
            trace.Add($"begin, the worker's word {workers.Word}");
            desk.Begin(run);
            Steps(run, started: false);
            trace.Add("start in the worker");
            Discard(run);
            frames.Enqueue(desk.Started);
            unwinding = insisted = false;
            beyond = InterruptRung.Signal;
            raised.Clear();
            Steps(run, started: true);
            if (random.Next(20) == 0)
            {
                Die(run, before);
                return;
            }

            // Half of the runs go on until there is nothing left to do: then nothing that was asked for may be too late.
            var quiet = random.Next(2) == 0;
            while (quiet && (workers.Word.HasRequest || frames.Count > 0 || swapAsked))
            {
                if (swapAsked)
                {
                    // A worker that goes on answers.
                    Swap(run, started: true);
                }

                Take(run);
                Deliver();
            }

            trace.Add($"end in the worker, quiet {quiet}");

            // The end: drained in the worker, then the frame; requests still come in between.
            var interrupted = unwinding;
            while (workers.Word.HasRequest)
            {
                workers.Take();
            }

            var atEnd = Requests.Count;
            while (frames.Count > 0)
            {
                Deliver();
                MaybeAsk(run);
            }

            desk.End(interrupted, MonotonicClock.Nanos);
            Assert.True(controllers.Word.Run != run, $"Run {run} is over and stands in the word.");
            for (var index = before; index < Requests.Count; index++)
            {
                var request = Requests[index];
                Assert.True(request.Receipt.IsCompletedSuccessfully, $"Request {index} of run {run} has no receipt.");
                var status = request.Receipt.Result.Status;
                Assert.True(status != ReceiptStatus.Interrupted || interrupted, $"Run {run} was not interrupted.");
                CheckRungs(request);
                Assert.False(
                    quiet && index < atEnd && status == ReceiptStatus.TooLate,
                    $"Request {index} of run {run} ({request.Signal}) was lost.\n{string.Join('\n', trace)}");
            }
        }

        private void Steps(uint run, bool started)
        {
            for (var steps = random.Next(12); steps > 0; steps--)
            {
                switch (random.Next(9))
                {
                    case 7:
                        MaybeInsist(run);
                        break;
                    case 8 when started && random.Next(10) == 0:
                        beyond = beyond == InterruptRung.Terminate ? InterruptRung.Kill : InterruptRung.Terminate;
                        trace.Add($"{beyond}");
                        desk.Climb(beyond);
                        break;
                    case 0 or 1:
                        MaybeAsk(run);
                        break;
                    case 2 when started:
                        Take(run);
                        break;
                    case 3:
                        Deliver();
                        break;
                    case 4 when started && unwinding:
                        Catch();
                        break;
                    case 5 when withStranger:
                        workers.WriteByte0((byte)random.Next(0, 70));
                        trace.Add($"stranger: {workers.Word}");
                        break;
                    case 6:
                        Swap(run, started);
                        break;
                    default:
                        break;
                }
            }
        }

        private void MaybeAsk(uint run)
        {
            if (random.Next(3) == 0)
            {
                var rung = random.Next(10) == 0 ? InterruptRung.Insist : InterruptRung.Signal;
                var request = new InterruptRequest(run, Signals[random.Next(Signals.Length)], rung, null, untilEnd: random.Next(8) == 0, awaited: true);
                Requests.Add(request);
                trace.Add($"ask {Requests.Count - 1}: {request.Signal} {rung}");
                desk.Request(request);
                trace.Add($"  word {controllers.Word}");
            }
        }

        /// <summary>One of the run's stops climbs, or insists once more.</summary>
        private void MaybeInsist(uint run)
        {
            var stops = Requests.FindAll(request => request.Run == run && request.UntilEnd);
            if (stops.Count > 0)
            {
                trace.Add("insist");
                desk.Insist(stops[random.Next(stops.Count)]);
                trace.Add($"  word {controllers.Word}");
            }
        }

        /// <summary>The worker ends in the middle of the run, with frames of its on the way or not.</summary>
        private void Die(uint run, int before)
        {
            for (var frames = random.Next(this.frames.Count + 1); frames > 0; frames--)
            {
                Deliver();
                MaybeAsk(run);
            }

            frames.Clear();
            var status = beyond switch
            {
                InterruptRung.Kill => ReceiptStatus.Killed,
                InterruptRung.Terminate => ReceiptStatus.Terminated,
                _ => ReceiptStatus.WorkerLost,
            };
            trace.Add($"the worker's end: {status}");
            desk.Close(status, status == ReceiptStatus.WorkerLost ? null : beyond);
            foreach (var request in Requests.Skip(before))
            {
                Assert.True(request.Receipt.IsCompletedSuccessfully, $"A request of run {run} has no receipt.");
                Assert.True(request.Receipt.Result.Status == status || request.Receipt.Result.Status == ReceiptStatus.Handled, $"{request.Receipt.Result.Status}, {status}");
                CheckRungs(request);
            }

            Connect();
        }

        /// <summary>A new worker with a buffer of its own.</summary>
        private void Connect()
        {
            swapAsked = false;
            controllers = workers = new FakeTarget();
            desk.BeginSwap();
            desk.SetTarget(controllers);
        }

        private void CheckRungs(InterruptRequest request)
        {
            var receipt = request.Receipt.Result;
            var rungs = receipt.Rungs.Select(begun => begun.Rung).ToList();
            Assert.Equal(rungs.Distinct(), rungs);
            Assert.Equal(receipt.Rungs.Select(begun => begun.Micros).Order(), receipt.Rungs.Select(begun => begun.Micros));
            Assert.Equal(0, receipt.Rungs[0].Micros);
            Assert.True(
                rungs.Contains(receipt.Rung),
                $"{receipt.Status} at {receipt.Rung} is none of {string.Join(", ", rungs)}\n{string.Join('\n', trace)}");
            Assert.True(receipt.Status != ReceiptStatus.Interrupted || receipt.Rung == InterruptRung.Signal || insisted, "Nobody took an insist.");
        }

        private void Take(uint run)
        {
            var word = workers.Take();
            if (!word.HasRequest)
            {
                return;
            }

            trace.Add($"take {word}");

            Assert.True(word.IsFor(run), $"Run {run} found a word for run {word.Run}.");
            insisted |= word.Rung == InterruptRung.Insist;
            frames.Enqueue(() => desk.Taken(word, MonotonicClock.Nanos));
            if (word.Rung == InterruptRung.Insist || word.Signal == Signal.Interrupt)
            {
                unwinding = true;
                raised.Add(word);
            }
            else
            {
                frames.Enqueue(() => desk.Handled(word));
            }
        }

        private void Catch()
        {
            unwinding = false;
            foreach (var word in raised)
            {
                frames.Enqueue(() => desk.Handled(word));
            }

            raised.Clear();
        }

        private void Discard(uint run)
        {
            Assert.True(workers.Word.Run == 0 || workers.Word.Run == run, $"Run {run} begins, and run {workers.Word.Run} stands in the word.");
            if (workers.Word.HasRequest && workers.Word.Run == 0)
            {
                workers.Take();
            }
        }

        /// <summary>The controller asks; later the worker maps, moves a stranger's byte, and answers, in one step.</summary>
        private void Swap(uint run, bool started)
        {
            if (workers != controllers)
            {
                // Not answered yet.
                return;
            }

            if (!swapAsked)
            {
                swapAsked = true;
                trace.Add("swap asked");
                desk.BeginSwap();
                return;
            }

            swapAsked = false;
            if (random.Next(8) == 0)
            {
                trace.Add("swap refused");
                frames.Enqueue(desk.KeepTarget);
                return;
            }

            var old = workers;
            var replacement = new FakeTarget();
            workers = replacement;
            trace.Add($"swap in the worker, old word {old.Word}");
            if (old.Word.Run == 0 && old.Take() is { HasRequest: true } left && started)
            {
                workers.Word = left;
            }

            frames.Enqueue(() =>
            {
                desk.SetTarget(replacement);
                controllers = replacement;
                Assert.True(old.Word.Run != run, "The old word was not cleared.");
            });
        }

        private void Deliver()
        {
            if (frames.TryDequeue(out var frame))
            {
                trace.Add($"deliver {frame.Method.Name}");
                frame();
                trace.Add($"  word {controllers.Word}");
            }
        }
    }
}
