using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>The shared framework as metadata references, made once for the process.</summary>
/// <remarks>
/// Files are mapped, not read: the pages come from the page cache, and only those that a compilation touches. Facades
/// (assemblies that only forward types) are left out unless an implementation names them; every public type is still
/// there, since its implementation is, and each reference less makes each compilation quicker. An assembly that was
/// compiled against a facade gets it through <see cref="Find"/>.
/// </remarks>
internal static class FrameworkReferences
{
    private static readonly Lazy<Dictionary<string, FrameworkAssembly>> Assemblies = new(Scan);
    private static readonly Lazy<ImmutableArray<MetadataReference>> DefaultReferences = new(ChooseDefaults);

    /// <summary>What every first submission refers to: all public types of the framework, and ProcInterrupt.Shared.</summary>
    public static ImmutableArray<MetadataReference> Defaults => DefaultReferences.Value;

    /// <summary>Whether the framework, or this library itself, has an assembly of this name; such assemblies are never woven.</summary>
    public static bool Contains(string simpleName) => Assemblies.Value.ContainsKey(simpleName);

    /// <summary>The reference of this simple name, facades included; <see langword="null"/> when the framework has none.</summary>
    public static PortableExecutableReference? Find(string simpleName) =>
        Assemblies.Value.TryGetValue(simpleName, out FrameworkAssembly? found) ? found.Reference.Value : null;

    private static Dictionary<string, FrameworkAssembly> Scan()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var assemblies = new Dictionary<string, FrameworkAssembly>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
        {
            if (path.Length > folder.Length + 1 && path.StartsWith(folder, StringComparison.Ordinal)
                && path.IndexOf(Path.DirectorySeparatorChar, folder.Length + 1) < 0 && Map(path) is { } assembly)
            {
                // The host may list the core library twice.
                assemblies[Path.GetFileNameWithoutExtension(path)] = assembly;
            }
        }

        Assembly shared = typeof(Interrupt).Assembly;
        assemblies.Add(shared.GetName().Name!, OfLoaded(shared));
        return assemblies;
    }

    private static unsafe FrameworkAssembly? Map(string path)
    {
        // Never unmapped: the framework stays in use until the process ends.
        var view = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read)
            .CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var image = new PEReader(start, checked((int)view.Capacity));
        if (!image.HasMetadata)
        {
            return null;
        }

        MetadataReader reader = image.GetMetadataReader();
        return Describe(path, reader);
    }

    private static unsafe FrameworkAssembly OfLoaded(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
        {
            throw new InvalidOperationException($"{assembly.GetName().Name} has no metadata in memory.");
        }

        return Describe(assembly.Location, new MetadataReader(metadata, length));
    }

    private static unsafe FrameworkAssembly Describe(string path, MetadataReader reader)
    {
        nint metadata = (nint)reader.MetadataPointer;
        int length = reader.MetadataLength;
        return new FrameworkAssembly(
            HasPublicTypes(reader),
            reader,
            new Lazy<PortableExecutableReference>(() =>
                AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata(metadata, length)).GetReference(filePath: path)));
    }

    private static bool HasPublicTypes(MetadataReader reader)
    {
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            if ((reader.GetTypeDefinition(handle).Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
            {
                return true;
            }
        }

        return false;
    }

    private static ImmutableArray<MetadataReference> ChooseDefaults()
    {
        Dictionary<string, FrameworkAssembly> assemblies = Assemblies.Value;
        var chosen = new HashSet<FrameworkAssembly>();
        var waiting = new Stack<FrameworkAssembly>(assemblies.Values.Where(static a => a.HasPublicTypes));
        while (waiting.TryPop(out FrameworkAssembly? assembly))
        {
            if (!chosen.Add(assembly))
            {
                continue;
            }

            foreach (AssemblyReferenceHandle handle in assembly.Metadata.AssemblyReferences)
            {
                string name = assembly.Metadata.GetString(assembly.Metadata.GetAssemblyReference(handle).Name);
                if (assemblies.TryGetValue(name, out FrameworkAssembly? referred))
                {
                    waiting.Push(referred);
                }
            }
        }

        return [.. chosen.Select(static a => a.Reference.Value)];
    }

    private sealed record FrameworkAssembly(bool HasPublicTypes, MetadataReader Metadata, Lazy<PortableExecutableReference> Reference);
}
