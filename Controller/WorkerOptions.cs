using Microsoft.Extensions.Logging;

namespace ProcInterrupt;

/// <summary>How a worker is started and what is kept of its output.</summary>
/// <remarks>Read once, by <see cref="Worker.StartAsync"/>; later changes to referenced collections have no effect.</remarks>
public sealed class WorkerOptions
{
    /// <summary>The environment variable that names the worker program where <see cref="WorkerPath"/> does not.</summary>
    public const string WorkerPathVariable = "PROCINTERRUPT_WORKER";

    /// <summary>Where the worker program is.</summary>
    /// <value>
    /// The path of <c>ProcInterrupt.WorkerProcess.dll</c> or of its executable. Default <see langword="null"/>: what
    /// <c>PROCINTERRUPT_WORKER</c> names, else <c>worker/ProcInterrupt.WorkerProcess.dll</c> beside this library.
    /// </value>
    public string? WorkerPath { get; init; }

    /// <summary>How long the worker may take from its launch until it is ready.</summary>
    /// <value>More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>. Default 30 s.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the worker may take to end by itself once its pipe is closed, before it is killed.</summary>
    /// <value>Zero or more. Default 1 s.</value>
    public TimeSpan ExitGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The largest frame that is accepted from the worker; a larger one ends the connection.</summary>
    /// <value>Bytes, 256 KiB to 1 GiB. Default 16 MiB.</value>
    public int MaxFrameBytes { get; init; } = Messages.ProtocolConstants.DefaultMaxFrameBytes;

    /// <summary>How much unread output, display and progress is kept for each run.</summary>
    /// <value>
    /// Bytes, zero or more. Default 8 MiB. What comes beyond it is dropped and counted in an
    /// <see cref="OutputDroppedEvent"/>. With <see cref="RunOptions.WaitForReader"/> no output is dropped.
    /// </value>
    public long OutputRetention { get; init; } = 8 * 1024 * 1024;

    /// <summary>Where the library and the worker log.</summary>
    /// <value>Default <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The worker's current folder.</summary>
    /// <value>Default <see langword="null"/>: the caller's.</value>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables set for the worker on top of the caller's; a <see langword="null"/> value removes one.</summary>
    /// <value>Default <see langword="null"/>: the caller's environment as it is.</value>
    /// <remarks>
    /// <c>DOTNET_EnableDiagnostics</c> is 0 in the worker unless it is set here or in the caller's environment: the runtime's
    /// diagnostic sockets would stay behind when a worker is killed. Set it to 1 to attach a debugger or <c>dotnet-trace</c>. In
    /// the same way <c>DOTNET_EnableWriteXorExecute</c> is 0, so that Python code may fork.
    /// </remarks>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>Assemblies whose <see cref="HostFunctionAttribute"/> methods are offered to Python code, in the module <c>procinterrupt.host</c>.</summary>
    /// <value>Paths. Default <see langword="null"/>: none.</value>
    public IReadOnlyList<string>? HostAssemblies { get; init; }

    /// <summary>How surely the processes that the code starts end with the worker.</summary>
    /// <value>Default <see cref="Containment.BestEffort"/>.</value>
    /// <remarks>A budget of processes takes <see cref="Containment.Complete"/> by itself.</remarks>
    public Containment Containment { get; init; }

    /// <summary>Whether the worker has to be in a pid namespace of its own.</summary>
    internal bool NeedsNamespace => Containment == Containment.Complete || Budgets?.Processes is not null;

    /// <summary>What the worker's code may use up: time, memory, output, threads, processes, file size.</summary>
    /// <value>Default <see langword="null"/>: no limits.</value>
    public WorkerBudgets? Budgets { get; init; }

    /// <summary>Whether another process takes the place of one that was ended because a run did not stop.</summary>
    /// <value>Default <see langword="null"/>: none does, and what is queued then is told that the worker is lost.</value>
    public RestartPolicy? Restart { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="ArgumentException">A host assembly is not there.</exception>
    internal static void Check(WorkerOptions options)
    {
        const int leastFrame = 256 * 1024;
        const int mostFrame = 1024 * 1024 * 1024;
        const string wrongTime = "A time is 0 to 2,147,483,647 milliseconds; StartTimeout may be infinite, and is more than 0.";
        var start = options.StartTimeout;
        if (start != Timeout.InfiniteTimeSpan && (start <= TimeSpan.Zero || start.TotalMilliseconds > int.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(options), start, wrongTime);
        }

        if (options.ExitGrace < TimeSpan.Zero || options.ExitGrace.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.ExitGrace, wrongTime);
        }

        if (options.MaxFrameBytes is < leastFrame or > mostFrame)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxFrameBytes, "MaxFrameBytes is 256 KiB to 1 GiB.");
        }

        if (options.HostAssemblies?.FirstOrDefault(static path => !File.Exists(path)) is { } missing)
        {
            throw new ArgumentException($"The host assembly {missing} is not there.", nameof(options));
        }

        if (!Enum.IsDefined(options.Containment))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Containment, "Containment is one of the named values.");
        }

        options.Budgets?.Validate();

        if (options.Restart is not null)
        {
            RestartPolicy.Check(options.Restart);
        }

        if (options.OutputRetention < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.OutputRetention, "OutputRetention is 0 or more.");
        }
    }
}
