using System.Reflection;
using System.Runtime.Loader;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Where a session's declarations and the assemblies it refers to are loaded, woven.</summary>
internal sealed class SessionLoadContext : AssemblyLoadContext
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Assembly> loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly IWeaver weaver;
    private readonly AssemblyStore store;

    public SessionLoadContext(IWeaver weaver, AssemblyStore store)
        : base("session")
    {
        this.weaver = weaver;
        this.store = store;
    }

    /// <summary>Loads a submission that later ones refer to.</summary>
    public Assembly LoadSubmission(WovenAssembly woven)
    {
        lock (gate)
        {
            return LoadWoven(woven);
        }
    }

    /// <summary>What a reference of the session's code means; <see langword="null"/> leaves it to the runtime.</summary>
    public Assembly? Find(AssemblyName name)
    {
        if (name.Name is not { } simple || !string.IsNullOrEmpty(name.CultureName) || FrameworkReferences.Contains(simple))
        {
            return null;
        }

        lock (gate)
        {
            if (loaded.TryGetValue(simple, out Assembly? known))
            {
                return known;
            }

            return store.FindBeside(simple) is { } file ? LoadWoven(weaver.Weave(file.Image, file.ReadSymbols())) : null;
        }
    }

    /// <summary>A native library beside the session's assemblies; 0 leaves it to the runtime.</summary>
    public nint FindUnmanaged(string name) => store.FindNative(name) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    protected override Assembly? Load(AssemblyName assemblyName) => Find(assemblyName);

    protected override nint LoadUnmanagedDll(string unmanagedDllName) => FindUnmanaged(unmanagedDllName);

    private Assembly LoadWoven(WovenAssembly woven)
    {
        Assembly assembly = woven.Load(this);
        loaded.Add(assembly.GetName().Name!, assembly);
        return assembly;
    }
}
