using ProcInterrupt.Connection;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Launch;

/// <summary>A worker that has connected and is the one that was started.</summary>
/// <param name="Child">Its process.</param>
/// <param name="Pipe">The pipe to it, with Hello read.</param>
/// <param name="Hello">What it said.</param>
internal sealed record LaunchedWorker(ChildProcess Child, WorkerPipe Pipe, HelloMessage Hello);
