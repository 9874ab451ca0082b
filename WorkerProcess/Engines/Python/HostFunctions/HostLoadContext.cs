using System.Reflection;
using System.Runtime.Loader;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>A host assembly with what lies beside it, woven; the worker's own assemblies stay the worker's, so that <see cref="Interrupt"/> is the same.</summary>
/// <remarks>A woven assembly is loaded from memory: its <see cref="Assembly.Location"/> is empty.</remarks>
internal sealed class HostLoadContext(string path, IWeaver weaver) : AssemblyLoadContext($"host {Path.GetFileName(path)}")
{
    private readonly AssemblyDependencyResolver resolver = new(path);

    /// <summary>The host assembly.</summary>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    public Assembly LoadHost() => LoadWoven(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name != typeof(Interrupt).Assembly.GetName().Name && resolver.ResolveAssemblyToPath(assemblyName) is { } found
            ? LoadWoven(found)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

    private Assembly LoadWoven(string file)
    {
        var image = File.ReadAllBytes(file);
        var symbols = Path.ChangeExtension(file, ".pdb");
        var woven = weaver.Weave(image, File.Exists(symbols) ? File.ReadAllBytes(symbols) : null);

        // What needs no checkpoint (resources, say) stays a file.
        return woven.Assembly == image ? LoadFromAssemblyPath(file) : woven.Load(this);
    }
}
