using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.FakeWorker;

/// <summary>Does what a script says: steps separated by semicolons, each a word and perhaps numbers.</summary>
/// <remarks>A count of 0 goes on for ever, which is until the controller ends this process.</remarks>
internal sealed class Mischief
{
    private readonly Stream pipe;
    private readonly MessageWriter writer;
    private readonly HelloMessage? hello;
    private readonly List<PosixSignalRegistration> ignored = [];
    private readonly Random random = new(Seed);
    private string swaps = "";
    private long request;

    public Mischief(Stream pipe, MessageWriter writer, HelloMessage? hello)
    {
        this.pipe = pipe;
        this.writer = writer;
        this.hello = hello;
    }

    /// <summary>The run that was sent last.</summary>
    public uint Run { get; set; } = 1;

    /// <summary>Where the controller's map opens.</summary>
    public string? MapPath { get; set; }

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("FAKE_WORKER_SEED") ?? "1", CultureInfo.InvariantCulture);

    private static long Now => Stopwatch.GetTimestamp();

    /// <summary>Bytes that are no frame, from a seed of the tests.</summary>
    public static void WriteRandomBytes(Stream pipe)
    {
        var bytes = new byte[4096];
        new Random(Seed).NextBytes(bytes);
        pipe.Write(bytes);
    }

    /// <returns>Whether the swap is to be answered as it should be.</returns>
    public bool AnswersSwap(SetInterruptBufferMessage set)
    {
        switch (swaps)
        {
            case "never":
                return false;
            case "other":
                writer.Write(new InterruptBufferSetMessage(set.Request + 1, null));
                return false;
            case "twice":
                writer.Write(new InterruptBufferSetMessage(set.Request, null));
                return true;
            case "refused-then-set":
                writer.Write(new InterruptBufferSetMessage(set.Request, new string('x', 1_000_000)));
                return true;
            default:
                return true;
        }
    }

    public void Do(string script)
    {
        foreach (var step in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = step.Split(' ');
            if (words[0] == "swaps")
            {
                swaps = words[1];
                continue;
            }

            Step(words[0], words.Length > 1 ? long.Parse(words[1], CultureInfo.InvariantCulture) : 1, words.Length > 2 ? int.Parse(words[2], CultureInfo.InvariantCulture) : 10);
        }
    }

    private void Step(string step, long count, int size)
    {
        if (Frame(step, size) is { } frame)
        {
            Send(frame, count);

            return;
        }

        switch (step)
        {
            case "random":
                Randomly((int)count);
                break;
            case "raw-random":
                WriteRandomBytes(pipe);
                break;
            case "nested":
                WriteFrame([0x93, (byte)MessageType.Display, 1, .. Enumerable.Repeat((byte)0x91, (int)count)]);
                break;
            case "nested-maps":
                WriteFrame([0x93, (byte)MessageType.Display, 1, .. Enumerable.Repeat((byte)0x81, (int)count)]);
                break;
            case "claims":
                // So many bytes, and not one of them.
                pipe.Write(BitConverter.GetBytes((uint)count));
                break;
            case "drips":
                pipe.Write(BitConverter.GetBytes(1000));
                while (true)
                {
                    pipe.WriteByte(0xc1);
                    Thread.Sleep(1);
                }

            case "truncated":
                pipe.Write([100, 0, 0, 0, 1, 2, 3]);
                pipe.Dispose();
                break;
            case "close":
                pipe.Dispose();
                break;
            case "sleep":
                Thread.Sleep(count == 0 ? Timeout.Infinite : (int)count);
                break;
            case "scribble":
                new MapScribbler(MapPath!, Seed).Start();
                break;
            case "attack-map":
                writer.Write(new OutputMessage(Run, OutputStream.Stdout, MapScribbler.Attack(MapPath!)));
                break;
            case "fork":
                Fork((int)count);
                break;
            case "deaf":
                foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
                {
                    ignored.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
                }

                break;
            case "stopped":
                const int stop = 19;
                _ = Kill(Environment.ProcessId, stop);
                break;
            case "exit":
                Environment.Exit((int)count);
                break;
            default:
                throw new InvalidOperationException($"There is no step '{step}'.");
        }
    }

    /// <summary>A frame by its name in scripts, or null.</summary>
    private Func<long, IMessage>? Frame(string step, int size) => step switch
    {
        "hello" => _ => hello ?? new HelloMessage(ProtocolConstants.Version, Environment.ProcessId, "", "fake", [], null),
        "started" => _ => new RunStartedMessage(Run, Now),
        "started-other" => _ => new RunStartedMessage(Run + 1, Now),
        "output" => _ => new OutputMessage(Run, OutputStream.Stdout, new string('x', size)),
        "output-none" => _ => new OutputMessage(Run, OutputStream.Stderr, ""),
        "output-background" => _ => new OutputMessage(0, OutputStream.Stdout, new string('x', size)),
        "output-other" => _ => new OutputMessage(Run + 7, OutputStream.Stdout, "x"),
        "display" => _ => new DisplayMessage(Run, Forms(size)),
        "progress" => _ => new ProgressMessage(Run, 0.5, new string('p', size)),
        "input" => _ => new InputRequestMessage(Run, (uint)request++, new string('?', size), true),
        "taken" => _ => new InterruptTakenMessage(Run, Word(Run), Now),
        "taken-strangers" => sent => new InterruptTakenMessage(Run, (ulong)(sent % 64) + 1, long.MaxValue),
        "handled" => _ => new InterruptHandledMessage(Run, Word(Run), HandledBy.Handler, Now),
        "handled-random" => _ => new InterruptHandledMessage(Run, (ulong)random.NextInt64(), HandledBy.Catch, 0),
        "completed" => _ => new RunCompletedMessage(Run, RunOutcome.Succeeded, default, null, null, null, long.MaxValue, 0),
        "interrupted" => _ => new RunCompletedMessage(Run, RunOutcome.Interrupted, InterruptReason.Cpu, null, null, null, 0, long.MaxValue),
        "completed-other" => _ => new RunCompletedMessage(Run + 1, RunOutcome.Succeeded, default, null, null, null, 0, 0),
        "reset-done" => sent => new ResetDoneMessage(sent, null),
        "buffer-set" => sent => new InterruptBufferSetMessage(sent, null),
        "is-complete" => sent => new IsCompleteAnswerMessage(sent, CodeStatus.Complete, "", false, null),
        "complete-answer" => sent => new CompleteAnswerMessage(sent, 0, int.MaxValue, [], null),
        "log" => _ => new LogMessage(LogMessage.ErrorLevel, "flood", new string('l', size)),
        "shutdown" => _ => new ShutdownMessage(),
        _ => null,
    };

    private static ulong Word(uint run) => (byte)Signal.Interrupt | ((ulong)run << 32);

    private static Dictionary<string, string> Forms(int size) =>
        Enumerable.Range(0, ProtocolConstants.MaxMimeTypes).ToDictionary(form => $"{form}", _ => new string('d', size));

    private void Send(Func<long, IMessage> frame, long count)
    {
        const int several = 100;
        if (count is > 0 and < several)
        {
            for (var sent = 0L; sent < count; sent++)
            {
                writer.Write(frame(sent));
            }

            return;
        }

        // Many at a time, so that the flood is as fast as the pipe.
        var buffered = new BufferedStream(pipe, 1 << 16);
        var many = new MessageWriter(buffered);
        for (var sent = 0L; sent < count || count == 0; sent++)
        {
            many.Write(frame(sent));
        }

        buffered.Flush();
    }

    private void WriteFrame(byte[] body)
    {
        pipe.Write(BitConverter.GetBytes(body.Length));
        pipe.Write(body);
    }

    /// <summary>Frames in any order, mostly such as could be true at some time.</summary>
    private void Randomly(int count)
    {
        string[] steps =
        [
            "output", "output", "output-none", "output-background", "display", "progress", "input", "taken", "taken-strangers",
            "handled", "handled-random", "log", "started", "completed", "interrupted", "output-other", "completed-other", "buffer-set",
        ];

        // What is a breach at once comes seldom, so that there is something before it.
        const int mayStand = 12;
        for (var step = 0; step < count; step++)
        {
            var chosen = random.Next(200) == 0 ? random.Next(steps.Length) : random.Next(mayStand);
            Step(steps[chosen], random.Next(1, 20), random.Next(200));
        }
    }

    private void Fork(int children)
    {
        for (var child = 0; child < children; child++)
        {
            using var started = Process.Start(new ProcessStartInfo("/bin/sleep", "300") { UseShellExecute = false })!;
            writer.Write(new OutputMessage(Run, OutputStream.Stdout, $"{started.Id}\n"));
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
