using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>A Python object that .NET code holds. Let go of later, by whoever has Python's lock: the finalizer has not.</summary>
[SuppressMessage("Design", "MA0055", Justification = "Whoever holds the delegate made of it says nothing when it lets go.")]
internal sealed class PythonReference(nint value, ConcurrentQueue<nint> released)
{
    ~PythonReference() => released.Enqueue(Value);

    public nint Value { get; } = value;
}
