using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Finds what <c>#r</c> names, and what those assemblies refer to themselves.</summary>
/// <remarks>A path is relative to the file that holds the directive, then to the current folder; a bare name may be a framework assembly's.</remarks>
internal sealed class ReferenceResolver : MetadataReferenceResolver
{
    private readonly AssemblyStore store;

    public ReferenceResolver(AssemblyStore store) => this.store = store;

    public override bool ResolveMissingAssemblies => true;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        if (ScriptPaths.Find(reference, baseFilePath) is { } path)
        {
            return [store.Add(path).Reference.WithProperties(properties)];
        }

        string name = reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? reference[..^4] : reference.Split(',')[0];
        return FrameworkReferences.Find(name) is { } framework ? [framework.WithProperties(properties)] : [];
    }

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        FrameworkReferences.Find(referenceIdentity.Name) ?? store.FindBeside(referenceIdentity.Name)?.Reference;

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => store.GetHashCode();
}
