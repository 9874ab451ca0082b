using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Keeps Cecil from looking for assemblies on disk: the weaver decides by names alone.</summary>
internal sealed class NoAssemblies : IAssemblyResolver
{
    public static readonly NoAssemblies Instance = new();

    public AssemblyDefinition Resolve(AssemblyNameReference name) => throw new AssemblyResolutionException(name);

    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters) => throw new AssemblyResolutionException(name);

    public void Dispose()
    {
        // Nothing is held.
    }
}
