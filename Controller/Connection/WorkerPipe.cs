using System.IO.Pipes;
using ProcInterrupt.Launch;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Connection;

/// <summary>A pipe that the worker has connected to.</summary>
internal sealed class WorkerPipe : IDisposable
{
    private readonly NamedPipeServerStream stream;

    /// <param name="stream">Connected; owned from here on.</param>
    /// <param name="maxFrameBytes">The largest frame that is accepted.</param>
    public WorkerPipe(NamedPipeServerStream stream, int maxFrameBytes)
    {
        this.stream = stream;
        Reader = new MessageReader(stream, maxFrameBytes);
        Writer = new MessageWriter(stream, ProtocolConstants.DefaultMaxFrameBytes);
    }

    public IMessageReader Reader { get; }

    public IMessageWriter Writer { get; }

    /// <summary>The process at the other end as the kernel knows it, or null where it does not tell.</summary>
    public int? PeerProcessId => OperatingSystem.IsLinux() ? Posix.GetPeerProcessId(stream.SafePipeHandle) : null;

    /// <summary>Whether a small frame can be written without waiting: the worker has read all there was. False where the system does not tell.</summary>
    public bool IsReadToEnd => OperatingSystem.IsLinux() && Posix.IsReadToEnd(stream.SafePipeHandle);

    /// <summary>
    /// Ends both directions. Blocked reads and writes return, in both processes; disposing alone would leave a blocked read
    /// of ours where it is.
    /// </summary>
    public void Shutdown() => Posix.ShutdownSocket(stream.SafePipeHandle);

    public void Dispose() => stream.Dispose();
}
