using System.Reflection;
using System.Runtime.Loader;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Holds one submission that declares nothing, and goes when nothing of it is in use any more.</summary>
internal sealed class TransientLoadContext : AssemblyLoadContext
{
    private readonly SessionLoadContext session;

    public TransientLoadContext(SessionLoadContext session)
        : base(name: null, isCollectible: true) => this.session = session;

    protected override Assembly? Load(AssemblyName assemblyName) => session.Find(assemblyName);

    protected override nint LoadUnmanagedDll(string unmanagedDllName) => session.FindUnmanaged(unmanagedDllName);
}
