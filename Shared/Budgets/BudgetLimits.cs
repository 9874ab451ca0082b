using System.Globalization;

namespace ProcInterrupt.Budgets;

/// <summary>A worker's budgets as they are handed to it: <c>name=number</c> words of its command line, times in microseconds.</summary>
/// <remarks>Each member is <see langword="null"/> where nothing was asked for.</remarks>
internal sealed record BudgetLimits
{
    /// <summary>Exit codes from here on say which budget the worker ended itself for: this and the number of the reason.</summary>
    public const int FirstExitCode = 100;

    public long? WallMicros { get; init; }

    public long? CpuMicros { get; init; }

    /// <summary>Of each heap: .NET's and Python's.</summary>
    public long? MemoryBytes { get; init; }

    public long? OutputBytes { get; init; }

    public long? Processes { get; init; }

    public long? Threads { get; init; }

    public long? FileBytes { get; init; }

    /// <summary>How long a run may go on after it was interrupted for a budget, and once more after it was insisted.</summary>
    public long? GraceMicros { get; init; }

    public static BudgetLimits None { get; } = new();

    private static (string Word, Func<BudgetLimits, long?> Get, Func<BudgetLimits, long, BudgetLimits> With)[] All { get; } =
    [
        ("wall", static limits => limits.WallMicros, static (limits, limit) => limits with { WallMicros = limit }),
        ("cpu", static limits => limits.CpuMicros, static (limits, limit) => limits with { CpuMicros = limit }),
        ("memory", static limits => limits.MemoryBytes, static (limits, limit) => limits with { MemoryBytes = limit }),
        ("output", static limits => limits.OutputBytes, static (limits, limit) => limits with { OutputBytes = limit }),
        ("processes", static limits => limits.Processes, static (limits, limit) => limits with { Processes = limit }),
        ("threads", static limits => limits.Threads, static (limits, limit) => limits with { Threads = limit }),
        ("file", static limits => limits.FileBytes, static (limits, limit) => limits with { FileBytes = limit }),
        ("grace", static limits => limits.GraceMicros, static (limits, limit) => limits with { GraceMicros = limit }),
    ];

    /// <summary>Whether any budget is set.</summary>
    public bool Any => Words().Any(static word => !word.StartsWith("grace=", StringComparison.Ordinal));

    /// <summary>For which of the budgets that are set a worker ended, by its exit code or the kernel's signal.</summary>
    public InterruptReason? ReasonOf(int? exitCode, int? signal)
    {
        const int processorTime = 24;
        const int virtualAlarm = 26;
        var reason = signal switch
        {
            processorTime => InterruptReason.Cpu,
            virtualAlarm => InterruptReason.WallTime,
            null => (InterruptReason)Math.Clamp((exitCode ?? 0) - FirstExitCode, 0, byte.MaxValue),
            _ => InterruptReason.User,
        };
        return Of(reason) is null ? null : reason;
    }

    /// <summary>The limit for a reason; <see langword="null"/> for none.</summary>
    public long? Of(InterruptReason reason) => reason switch
    {
        InterruptReason.WallTime => WallMicros,
        InterruptReason.Cpu => CpuMicros,
        InterruptReason.Memory => MemoryBytes,
        InterruptReason.Output => OutputBytes,
        InterruptReason.Processes => Processes,
        InterruptReason.Threads => Threads,
        InterruptReason.FileSize => FileBytes,
        _ => null,
    };

    /// <summary>The words that <see cref="TryAdd"/> reads.</summary>
    public IEnumerable<string> Words()
    {
        foreach (var (word, get, _) in All)
        {
            if (get(this) is { } limit)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{word}={limit}");
            }
        }
    }

    /// <summary>These limits and one more.</summary>
    /// <returns><see langword="null"/> when the word is not <c>name=number</c> with a known name and a number above 0.</returns>
    public BudgetLimits? TryAdd(string word)
    {
        var split = word.Split('=');
        return split.Length == 2 && long.TryParse(split[1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit != 0
            ? Array.Find(All, each => each.Word == split[0]).With?.Invoke(this, limit)
            : null;
    }
}
