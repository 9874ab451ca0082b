using System.Runtime.InteropServices;

namespace ProcInterrupt.Cli.Running;

/// <summary>
/// Hears SIGINT (Ctrl+C) and SIGTERM in place of the default, which would end this process and leave the run's end to
/// chance. What they do is set by whoever runs code; until then they cancel <see cref="GivenUp"/>.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private Action? onInterrupt;
    private Action? onTerminate;
    private int? exitCode;

    public StopSignals()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, ExitCodes.Interrupted));
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, ExitCodes.Terminated));
    }

    /// <summary>Cancelled by a signal that came while nothing was there to act on it.</summary>
    public CancellationToken GivenUp => givenUp.Token;

    /// <summary>The exit code that the signal behind <see cref="GivenUp"/> asks for.</summary>
    public int ExitCode
    {
        get
        {
            lock (gate)
            {
                return exitCode ?? throw new InvalidOperationException("No signal has come.");
            }
        }
    }

    /// <summary>From now on the signals do this.</summary>
    /// <exception cref="OperationCanceledException">A signal came before.</exception>
    public void Attach(Action interrupted, Action terminated)
    {
        lock (gate)
        {
            givenUp.Token.ThrowIfCancellationRequested();
            onInterrupt = interrupted;
            onTerminate = terminated;
        }
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        givenUp.Dispose();
    }

    private void Handle(PosixSignalContext context, int code)
    {
        context.Cancel = true;
        Action? action;
        lock (gate)
        {
            action = code == ExitCodes.Interrupted ? onInterrupt : onTerminate;
            exitCode ??= code;
        }

        if (action is not null)
        {
            action();
            return;
        }

        try
        {
            givenUp.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The signal met the command's own end.
        }
    }
}
