using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

/// <summary>Leaves code as it is and counts; the weaver has tests of its own.</summary>
internal sealed class PassThroughWeaver : IWeaver
{
    public int Count { get; private set; }

    public WovenAssembly Weave(byte[] assembly, byte[]? symbols)
    {
        Count++;
        return new WovenAssembly(assembly, symbols);
    }
}
