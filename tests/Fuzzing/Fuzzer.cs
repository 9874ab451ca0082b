using System.Diagnostics;
using System.Text;

namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>Feeds targets with valid inputs that were changed, and keeps those that come to something new.</summary>
/// <remarks>Guided by what the code says of an input, which names the field and what is wrong with it; it is not instrumented.</remarks>
internal sealed class Fuzzer
{
    private const int KeptOfTarget = 4000;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private readonly int seed;
    private readonly Random random;
    private readonly List<Lane> lanes;
    private long fed;
    private Lane? feeding;
    private byte[] current = [];

    public Fuzzer(int seed, IEnumerable<IFuzzTarget> targets)
    {
        this.seed = seed;
        random = new Random(seed);
        lanes = [.. targets.Select(target => new Lane(target))];
    }

    public IEnumerable<(string Target, FuzzResult Result)> Results => lanes.Select(lane => (lane.Target.Name, lane.Result));

    /// <summary>Goes on until so many inputs were fed, or the time is over.</summary>
    /// <exception cref="FuzzException">An input did what no input may.</exception>
    public void Run(long inputs, TimeSpan? time = null)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                FeedAll(inputs, time);
            }
            catch (Exception exception)
            {
                fault = exception;
            }
        }) { IsBackground = true, Name = "fuzzer" };
        thread.Start();
        for (var seen = -1L; !thread.Join(Hang);)
        {
            var now = Volatile.Read(ref fed);
            if (now == seen)
            {
                throw new FuzzException(feeding!.Target.Name, seed, current, $"No end within {Hang}.", null);
            }

            seen = now;
        }

        if (fault is not null)
        {
            throw fault is FuzzException ? fault : new InvalidOperationException("The fuzzer itself failed.", fault);
        }
    }

    private void FeedAll(long inputs, TimeSpan? time)
    {
        var clock = Stopwatch.StartNew();
        var lots = lanes.SelectMany(lane => Enumerable.Repeat(lane, lane.Target.Share)).ToArray();
        while (fed < inputs && !(clock.Elapsed > time))
        {
            var lane = lots[random.Next(lots.Length)];
            var input = lane.Next(random);
            feeding = lane;
            Volatile.Write(ref current, input);
            Feed(lane, input);
            Volatile.Write(ref fed, fed + 1);
        }
    }

    private void Feed(Lane lane, byte[] input)
    {
        var begun = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        string outcome;
        try
        {
            outcome = lane.Target.Feed(input);
        }
        catch (Exception exception)
        {
            throw new FuzzException(lane.Target.Name, seed, input, $"{exception.GetType()}: {exception.Message}", exception);
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > lane.Target.AllowedBytes(input.Length))
        {
            throw new FuzzException(lane.Target.Name, seed, input, $"{bytes} bytes were allocated for {input.Length}.", null);
        }

        lane.Note(input, outcome, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, bytes);
    }

    private sealed class Lane(IFuzzTarget target)
    {
        private readonly HashSet<string> outcomes = [];
        private readonly List<byte[]> kept = [];

        public IFuzzTarget Target { get; } = target;

        public FuzzResult Result { get; } = new();

        public byte[] Next(Random random)
        {
            // Valid ones keep coming; pure noise does, seldom.
            switch (kept.Count == 0 ? 0 : random.Next(20))
            {
                case 0:
                    return Target.Valid(random);
                case 1:
                    var noise = new byte[random.Next(64)];
                    random.NextBytes(noise);
                    return noise;
                case 2 or 3 or 4:
                    return Mutator.Change(Target.Valid(random), kept[random.Next(kept.Count)], random);
                default:
                    return Mutator.Change(kept[random.Next(kept.Count)], kept[random.Next(kept.Count)], random);
            }
        }

        public void Note(byte[] input, string outcome, double millis, long bytes)
        {
            Result.Inputs++;
            Result.SlowestMillis = Math.Max(Result.SlowestMillis, millis);
            Result.MostBytes = Math.Max(Result.MostBytes, bytes);
            if (kept.Count < KeptOfTarget && outcomes.Add(WithoutNumbers(outcome)))
            {
                kept.Add(input);
            }

            (Result.Outcomes, Result.Kept) = (outcomes.Count, kept.Count);
        }

        private static string WithoutNumbers(string text)
        {
            var shortened = new StringBuilder(text.Length);
            foreach (var character in text)
            {
                if (!char.IsAsciiDigit(character))
                {
                    shortened.Append(character);
                }
                else if (shortened.Length == 0 || shortened[^1] != '#')
                {
                    shortened.Append('#');
                }
            }

            return shortened.ToString();
        }
    }
}
