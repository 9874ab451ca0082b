using System.Runtime.InteropServices;

namespace ProcInterrupt.Cli.Running;

/// <summary>
/// Hears SIGINT (Ctrl+C) and SIGTERM in place of the default, which would end this process and leave the run's end to
/// chance. Until <see cref="Attach"/> says what they do, the first one cancels <see cref="GivenUp"/>.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private Action? onInterrupt;
    private Action? onTerminate;
    private int? gaveUpWith;

    public StopSignals()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, ExitCodes.Interrupted));
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, ExitCodes.Terminated));
    }

    /// <summary>Cancelled by a signal that came while nothing was there to act on it.</summary>
    public CancellationToken GivenUp => givenUp.Token;

    /// <summary>The exit code that such a signal asks for; <see langword="null"/> when none came.</summary>
    public int? GaveUpWith
    {
        get
        {
            lock (gate)
            {
                return gaveUpWith;
            }
        }
    }

    /// <summary>From now on the signals do this.</summary>
    /// <exception cref="OperationCanceledException">A signal came before.</exception>
    public void Attach(Action interrupted, Action terminated)
    {
        lock (gate)
        {
            if (gaveUpWith is not null)
            {
                throw new OperationCanceledException(givenUp.Token);
            }

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

    private void Handle(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        Action? action;
        lock (gate)
        {
            action = exitCode == ExitCodes.Interrupted ? onInterrupt : onTerminate;
            if (action is null)
            {
                gaveUpWith ??= exitCode;
            }
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
