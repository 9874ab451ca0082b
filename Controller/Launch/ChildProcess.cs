using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using ProcInterrupt.Processes;

namespace ProcInterrupt.Launch;

/// <summary>The worker's process: its standard streams, its end, and ending it.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>For diagnosis when it is lost: a crash of the runtime writes its stack there.</summary>
    private const int TailBytes = 64 * 1024;

    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    private const string WriteXorExecuteVariable = "DOTNET_EnableWriteXorExecute";

    /// <summary>What the base library adds to a signal's number when that ended the process.</summary>
    private const int SignalBase = 128;

    /// <summary>How long the rest of its standard error is waited for: whoever it has started may hold the other end open.</summary>
    private static readonly TimeSpan DrainGrace = TimeSpan.FromMilliseconds(250);

    private readonly Process process;
    private readonly TextTail errorTail = new(TailBytes);
    private readonly Task drained;
    private readonly string mark;
    private bool leadsGroup;
    private SafeFileHandle? capturedError;

    private ChildProcess(Process process, string mark, bool isContained)
    {
        this.process = process;
        this.mark = mark;
        IsContained = isContained;
        Id = process.Id;
        drained = Task.WhenAll(DrainAsync(process.StandardOutput.BaseStream, null), DrainAsync(process.StandardError.BaseStream, errorTail));
        Exited = WaitAsync();
    }

    /// <summary>The worker's process id, once it is known; until then a contained worker's is that of the process that makes its namespace.</summary>
    public int Id { get; set; }

    /// <summary>Whether it runs in a pid namespace of its own, and all ends with that.</summary>
    public bool IsContained { get; }

    /// <summary>Completes when the process has ended; never faults.</summary>
    public Task Exited { get; }

    /// <summary>The end of what it wrote to its standard error.</summary>
    public string ErrorTail => errorTail.ToString();

    /// <summary>What the process returned, or 128 and the number of the signal that ended it. Once it has <see cref="Exited"/>.</summary>
    public int RawExitCode => process.ExitCode;

    /// <summary>The signal that ended it, or null.</summary>
    /// <remarks>The base library does not tell a signal from a program that returns 129 and up; the worker never does.</remarks>
    public int? KilledBySignal => RawExitCode is > SignalBase and <= SignalBase + (int)Signal.Max ? RawExitCode - SignalBase : null;

    /// <summary>Starts the program; it waits for <see cref="GiveSecret"/>.</summary>
    /// <exception cref="WorkerStartException">It could not be started.</exception>
    public static ChildProcess Start(IReadOnlyList<string> command, WorkerOptions options)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        // The runtime's diagnostic sockets in the temporary folder outlive a process that is killed.
        start.Environment.TryAdd(DiagnosticsVariable, "0");

        // With it, compiled code is in memory that a process forked by the code shares with the worker: the child's JIT would
        // write over the worker's code. Without it the runtime starts faster, too.
        start.Environment.TryAdd(WriteXorExecuteVariable, "0");
        foreach (var (name, value) in options.Environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var mark = SessionMark.Create();
        start.Environment[SessionMark.Variable] = SessionMark.Add(start.Environment.TryGetValue(SessionMark.Variable, out var outer) ? outer : null, mark);
        try
        {
            return new ChildProcess(Process.Start(start)!, mark, options.NeedsNamespace);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new WorkerStartException($"The worker could not be started: {exception.Message}", exception);
        }
    }

    /// <summary>Gives it the secret as the one line of its standard input: it is to connect.</summary>
    public void GiveSecret(string secret)
    {
        try
        {
            process.StandardInput.Write($"{secret}\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended or closed its input already; how it ended says more, and whoever waits for it will see.
        }
    }

    /// <summary>To be called once the worker is up: whether its process group is its own, to be ended with it, and where its runtime would write as it crashes.</summary>
    public void NoteStarted()
    {
        leadsGroup = !IsContained && Posix.LeadsGroup(Id);

        // The worker reads that pipe itself, as the code's output; what it did not come to read is the reason of its end.
        const int standardError = 2;
        capturedError = Posix.OpenPipe(Id, standardError);
    }

    /// <summary>SIGKILL to the process and its group. Does not wait; nothing happens when it has ended.</summary>
    public void Kill()
    {
        if (IsContained && PidNamespace.FirstProcess(process.Id) is { } first)
        {
            // Who made the namespace ends when all in it have ended.
            Posix.KillProcess(first);
            return;
        }

        if (!Exited.IsCompleted && Posix.LeadsGroup(Id))
        {
            leadsGroup = true;
        }

        if (leadsGroup)
        {
            Posix.KillGroup(Id);
        }

        process.Kill();
    }

    /// <summary>SIGKILL to what is left of what runs started, wherever it is: it ends with the worker. Once it has <see cref="Exited"/>.</summary>
    public void KillRest()
    {
        if (leadsGroup)
        {
            Posix.KillGroup(Id);
        }

        SessionProcesses.Kill(mark, spared: 0);
    }

    /// <summary>Waits until its standard error has been read to its end, or a moment.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await drained.WaitAsync(DrainGrace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Somebody it has started has the other end; what there is has been read.
        }

        if (capturedError is not null)
        {
            var bytes = new byte[TailBytes];
            errorTail.Append(bytes.AsSpan(0, Posix.ReadAvailable(capturedError, bytes)));
        }
    }

    /// <summary>How it ended, for people: <c>exited with code 70</c>, <c>was killed by SIGKILL (9)</c>. Once it has <see cref="Exited"/>.</summary>
    public string DescribeExit() =>
        KilledBySignal is { } signal ? $"was killed by {Posix.DescribeSignal(signal)}" : $"exited with code {RawExitCode}";

    public void Dispose()
    {
        process.Dispose();
        capturedError?.Dispose();
    }

    private async Task WaitAsync() => await process.WaitForExitAsync().ConfigureAwait(false);

    private static async Task DrainAsync(Stream stream, TextTail? tail)
    {
        var bytes = new byte[4096];
        try
        {
            while (await stream.ReadAsync(bytes).ConfigureAwait(false) is > 0 and var count)
            {
                tail?.Append(bytes.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed of while somebody still holds the other end.
        }
    }
}
