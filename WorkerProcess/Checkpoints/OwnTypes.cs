using System.Reflection;
using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>References from one module to types of this process's own assemblies, made on first use.</summary>
/// <remarks>Made by hand: Cecil's import from reflection would add this process's System.Private.CoreLib to the module.</remarks>
internal sealed class OwnTypes
{
    private readonly ModuleDefinition module;
    private readonly Dictionary<Type, TypeReference> references = [];

    public OwnTypes(ModuleDefinition module) => this.module = module;

    /// <summary>The reference to a type that is not generic.</summary>
    public TypeReference Get(Type type)
    {
        if (!references.TryGetValue(type, out TypeReference? reference))
        {
            reference = type.DeclaringType is { } outer
                ? new TypeReference(string.Empty, type.Name, module, null) { DeclaringType = Get(outer) }
                : new TypeReference(type.Namespace ?? string.Empty, type.Name, module, FindAssembly(type.Assembly.GetName()));
            references.Add(type, reference);
        }

        return reference;
    }

    private AssemblyNameReference FindAssembly(AssemblyName assembly)
    {
        foreach (AssemblyNameReference existing in module.AssemblyReferences)
        {
            if (string.Equals(existing.Name, assembly.Name, StringComparison.Ordinal))
            {
                return existing;
            }
        }

        var reference = new AssemblyNameReference(assembly.Name, assembly.Version) { PublicKeyToken = assembly.GetPublicKeyToken() };
        module.AssemblyReferences.Add(reference);
        return reference;
    }
}
