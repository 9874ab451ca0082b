using Microsoft.Extensions.Logging.Abstractions;
using ProcInterrupt.Connection;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>Valid frames in any order, with requests between them and a stranger at the word: each byte of the input is one of these.</summary>
internal sealed class DispatcherTarget : IFuzzTarget, IDisposable
{
    private const int LongestScript = 200;
    private readonly InterruptBuffer buffer = InterruptBuffer.Create();

    public string Name => "dispatcher";

    public int Share => 20;

    public long AllowedBytes(int length) => 4 * 1024 * 1024;

    public byte[] Valid(Random random)
    {
        // Run, started, some of anything, completed.
        byte[] middle = new byte[random.Next(30)];
        random.NextBytes(middle);
        return [0, 3, .. middle, 4];
    }

    public string Feed(byte[] input)
    {
        var script = input.AsSpan(0, Math.Min(input.Length, LongestScript));
        var world = new World(buffer);
        var outcome = world.Play(script);
        world.Close();
        return outcome;
    }

    public void Dispose() => buffer.Dispose();

    private sealed class World
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        private readonly Outbox outbox = new();
        private readonly Dispatcher dispatcher;
        private readonly IInterruptTarget word;
        private readonly List<Run> runs = [];
        private readonly List<Task> waits = [];
        private readonly List<Task<InterruptReceipt>> receipts = [];

        public World(InterruptBuffer buffer)
        {
            word = buffer;
            word.CompareExchangeWord(default, word.ReadWord());
            dispatcher = new Dispatcher(10_000, NullLoggerFactory.Instance);
            _ = dispatcher.Attach(outbox, static () => { }, own: null);
            dispatcher.Resume();
            waits.Add(dispatcher.SetInterruptBufferAsync(buffer));
            dispatcher.Receive(new InterruptBufferSetMessage(1, null));
        }

        public string Play(ReadOnlySpan<byte> script)
        {
            var step = 0;
            try
            {
                for (; step < script.Length; step++)
                {
                    Do(script[step]);
                }

                return $"all of {script.Length}";
            }
            catch (ProtocolException refused)
            {
                return refused.Message;
            }
        }

        /// <summary>The end of the worker, after which nobody waits for anything.</summary>
        public void Close()
        {
            dispatcher.Close(WorkerEnding.Lost, new WorkerExit(1, null, "Ended."));
            waits.AddRange(runs.Select(run => run.Completion));
            waits.AddRange(receipts);
            foreach (var wait in waits)
            {
                // Those that wait for several things in a row go on elsewhere.
                if (!wait.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default).Wait(Patience))
                {
                    throw new InvalidOperationException("Somebody waits for a worker that is gone.");
                }
            }

            foreach (var run in runs)
            {
                var own = run.Completion.Result.Receipts;
                if (own.Distinct(ReferenceEqualityComparer.Instance).Count() != own.Count)
                {
                    throw new InvalidOperationException("A receipt was made out twice.");
                }
            }
        }

        private void Do(byte what)
        {
            var number = (uint)(what >> 5);
            var run = number >= 6 ? (uint)runs.Count : Math.Max(1, outbox.LastRun + (number == 5 ? 1u : 0u));
            switch (what & 31)
            {
                case 0 or 1 or 2:
                    runs.Add(dispatcher.Run("fake", "", new RunOptions { WaitForReader = number % 2 == 0 }));
                    break;
                case 3:
                    dispatcher.Receive(new RunStartedMessage(run, 1));
                    break;
                case 4:
                    dispatcher.Receive(new RunCompletedMessage(run, (RunOutcome)(number % 3), default, null, null, null, 1, number));
                    break;
                case 5 or 6 or 7 when runs.Count > 0:
                    receipts.Add(runs[^1].InterruptAsync((Signal)(number + 1)));
                    break;
                case 8 or 9 when runs.Count > 0:
                    receipts.Add(runs[(int)number % runs.Count].StopAsync(new StopPolicy { SignalGrace = Timeout.InfiniteTimeSpan }));
                    break;
                case 10 or 11 or 12:
                    var taken = word.ReadWord();
                    word.CompareExchangeWord(taken.Cleared, taken);
                    dispatcher.Receive(new InterruptTakenMessage(run, taken.Bits == 0 ? number + 1 : taken.Bits, 1));
                    break;
                case 13 or 14:
                    dispatcher.Receive(new InterruptHandledMessage(run, ((ulong)run << 32) | (number + 1), HandledBy.Catch, 1));
                    break;
                case 15 or 16:
                    word.CompareExchangeWord(new InterruptWord(what * 0x0101_0101_0101_0101UL & 0x7_0100_000FUL), word.ReadWord());
                    break;
                case 17:
                    dispatcher.Receive(new OutputMessage(number == 7 ? 0 : run, OutputStream.Stdout, new string('x', (int)number * 100)));
                    break;
                case 18:
                    dispatcher.Receive(new DisplayMessage(run, new Dictionary<string, string> { ["a"] = "b" }));
                    break;
                case 19:
                    dispatcher.Receive(new ProgressMessage(run, 0.5, null));
                    break;
                case 20:
                    dispatcher.Receive(new InputRequestMessage(run, number, "?", false));
                    break;
                case 21:
                    waits.Add(dispatcher.ResetAsync(null, CancellationToken.None));
                    break;
                case 22:
                    dispatcher.Receive(new ResetDoneMessage(outbox.LastRequest, number == 0 ? "no" : null));
                    break;
                case 23:
                    waits.Add(dispatcher.IsCompleteAsync("fake", "", CancellationToken.None));
                    break;
                case 24:
                    dispatcher.Receive(new IsCompleteAnswerMessage(outbox.LastRequest, CodeStatus.Complete, "", false, null));
                    break;
                case 25:
                    waits.Add(dispatcher.CompleteAsync("fake", "abc", 1, CancellationToken.None));
                    break;
                case 26:
                    dispatcher.Receive(new CompleteAnswerMessage(outbox.LastRequest, 0, (int)number, [], null));
                    break;
                case 27:
                    waits.Add(dispatcher.SetInterruptBufferAsync(number % 2 == 0 ? (InterruptBuffer)word : null));
                    break;
                case 28:
                    dispatcher.Receive(new InterruptBufferSetMessage(outbox.LastSwap, number == 0 ? "no" : null));
                    break;
                case 29 when runs.Count > 0:
                    runs[(int)number % runs.Count].Interrupt();
                    break;
                default:
                    dispatcher.Receive(new LogMessage(6, "x", "y"));
                    break;
            }
        }
    }

    /// <summary>Keeps only what an honest worker would answer next.</summary>
    private sealed class Outbox : IOutbox
    {
        public uint LastRun { get; private set; }

        public long LastRequest { get; private set; }

        public long LastSwap { get; private set; }

        public void Post(IMessage message)
        {
            LastRun = (message as RunCodeMessage)?.Run ?? LastRun;
            LastSwap = (message as SetInterruptBufferMessage)?.Request ?? LastSwap;
            LastRequest = message switch
            {
                ResetMessage reset => reset.Request,
                IsCompleteMessage question => question.Request,
                CompleteMessage question => question.Request,
                _ => LastRequest,
            };
        }

        public void PostCredit(long bytes)
        {
            // Nobody sends by it.
        }
    }
}
