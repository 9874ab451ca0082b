using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ProcInterrupt.Connection;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Launch;

/// <summary>Starts a worker process and makes sure that it, and nobody else, is at the other end of the pipe.</summary>
internal static class WorkerLauncher
{
    private const int SecretBytes = 32;

    /// <summary>A worker that has closed its pipe has this long to show its exit code before it is killed.</summary>
    private static readonly TimeSpan ExitCodeGrace = TimeSpan.FromSeconds(1);

    /// <summary>Starts a worker.</summary>
    /// <param name="options">Checked already.</param>
    /// <param name="cancellationToken">Ends the attempt, also when its time is over.</param>
    /// <exception cref="WorkerStartException">It did not come up, or was refused. Nothing is left behind.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing is left behind.</exception>
    public static async Task<LaunchedWorker> LaunchAsync(WorkerOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var program = WorkerProgram.Find(options);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        using var folder = SocketFolder.Choose();
        NamedPipeServerStream? server = null;
        ChildProcess? child = null;
        try
        {
            var hosts = (options.HostAssemblies ?? []).SelectMany(static path => new[] { "--host", Path.GetFullPath(path) });
            var budgets = (options.Budgets?.Limits.Words() ?? []).SelectMany(static word => new[] { "--budget", word });
            string[] arguments = ["--pipe", folder.SocketPath, "--parent", $"{Environment.ProcessId}", .. hosts, .. budgets];
            child = await StartAsync(program, arguments, options, cancellationToken).ConfigureAwait(false);

            // Only now, with somebody there who removes them if this process is killed. The worker waits for the secret.
            folder.Make();
            server = Listen(folder.SocketPath);
            child.GiveSecret(secret);
            await AcceptAsync(server, child, cancellationToken).ConfigureAwait(false);

            // Until it is unlinked a second client could connect.
            folder.Dispose();
            var pipe = new WorkerPipe(server, options.MaxFrameBytes);
            var hello = await ReadHelloAsync(pipe, child, cancellationToken).ConfigureAwait(false);
            child.Id = Verify(hello, secret, child, pipe.PeerProcessId);
            child.NoteStarted();
            return new LaunchedWorker(child, pipe, hello);
        }
        catch (Exception exception)
        {
            if (server is not null)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }

            if (child is null)
            {
                throw;
            }

            var ended = child.Exited.IsCompleted;
            child.Kill();
            await child.Exited.ConfigureAwait(false);
            child.KillRest();
            await child.DrainAsync().ConfigureAwait(false);
            var (code, errors) = (child.RawExitCode, child.ErrorTail);
            var fate = ended ? $"The worker {child.DescribeExit()} before it was ready." : "The worker was killed.";
            child.Dispose();
            if (exception is OperationCanceledException)
            {
                throw;
            }

            throw new WorkerStartException(
                $"{exception.Message} {fate}{(errors.Length > 0 ? $" Its standard error: {errors}" : "")}".TrimStart(),
                ended ? code : null,
                errors,
                exception is EarlyExitException ? null : exception);
        }
    }

    private static async Task<ChildProcess> StartAsync(
        WorkerProgram program, string[] arguments, WorkerOptions options, CancellationToken cancellationToken)
    {
        if (!options.NeedsNamespace)
        {
            return ChildProcess.Start(program.Command(arguments), options);
        }

        string[] outerProc = ["--outer-proc", $"{PidNamespace.OuterProcDescriptor}"];
        var command = await PidNamespace.WrapAsync(program.Command([.. arguments, .. outerProc]), options.Budgets?.Processes, cancellationToken).ConfigureAwait(false);
        return await SpawnThread.RunAsync(() => ChildProcess.Start(command, options)).ConfigureAwait(false);
    }

    private static NamedPipeServerStream Listen(string path)
    {
        try
        {
            return new NamedPipeServerStream(path, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.CurrentUserOnly);
        }
        catch (Exception exception) when (exception is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new WorkerStartException($"The worker's socket {path} could not be made: {exception.Message}", exception);
        }
    }

    private static async Task AcceptAsync(NamedPipeServerStream server, ChildProcess child, CancellationToken cancellationToken)
    {
        using var stopAccepting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepted = server.WaitForConnectionAsync(stopAccepting.Token);
        if (await Task.WhenAny(accepted, child.Exited).ConfigureAwait(false) == accepted)
        {
            await accepted.ConfigureAwait(false);
            return;
        }

        await stopAccepting.CancelAsync().ConfigureAwait(false);
        await accepted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new EarlyExitException("");
    }

    private static async Task<HelloMessage> ReadHelloAsync(WorkerPipe pipe, ChildProcess child, CancellationToken cancellationToken)
    {
        // Reading blocks, so that a thread has to do it; shutting the socket down brings it back.
        var reading = Task.Factory.StartNew(pipe.Reader.Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        IMessage? message;
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((WorkerPipe)state!).Shutdown(), pipe);
            message = await reading.ConfigureAwait(false);
        }
        catch (ProtocolException) when (cancellationToken.IsCancellationRequested)
        {
            message = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (message is null)
        {
            await Task.WhenAny(child.Exited, Task.Delay(ExitCodeGrace, cancellationToken)).ConfigureAwait(false);
            throw new EarlyExitException(child.Exited.IsCompleted ? "" : "The worker closed its pipe before it said Hello.");
        }

        return message as HelloMessage
            ?? throw new ProtocolException($"The worker's first message was {message.GetType().Name}, not Hello.");
    }

    /// <returns>The worker's process id.</returns>
    private static int Verify(HelloMessage hello, string secret, ChildProcess child, int? peerId)
    {
        if (hello.ProtocolVersion != ProtocolConstants.Version)
        {
            throw new ProtocolException($"The worker was refused: it speaks version {hello.ProtocolVersion} of the protocol, this side {ProtocolConstants.Version}.");
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hello.Secret), Encoding.UTF8.GetBytes(secret)))
        {
            throw new ProtocolException("The worker was refused: its secret is wrong.");
        }

        if (child.IsContained)
        {
            PidNamespace.Verify(child.Id, peerId, hello.ProcessId);
            return peerId!.Value;
        }

        if (hello.ProcessId != child.Id)
        {
            throw new ProtocolException($"The worker was refused: it says that its pid is {hello.ProcessId}, and the process that was started has {child.Id}.");
        }

        if (peerId is not null && peerId != child.Id)
        {
            throw new ProtocolException($"The worker was refused: the process at the other end of the pipe has pid {peerId}, and the one that was started has {child.Id}.");
        }

        return child.Id;
    }

    /// <summary>The process has ended, which is told better by its exit code than by the pipe.</summary>
    private sealed class EarlyExitException(string message) : Exception(message);
}
