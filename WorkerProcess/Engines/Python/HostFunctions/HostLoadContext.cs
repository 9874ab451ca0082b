using System.Reflection;
using System.Runtime.Loader;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>A host assembly with what lies beside it; the worker's own assemblies stay the worker's, so that <see cref="Interrupt"/> is the same.</summary>
internal sealed class HostLoadContext(string path) : AssemblyLoadContext($"host {Path.GetFileName(path)}")
{
    private readonly AssemblyDependencyResolver resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name != typeof(Interrupt).Assembly.GetName().Name && resolver.ResolveAssemblyToPath(assemblyName) is { } found
            ? LoadFromAssemblyPath(found)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
