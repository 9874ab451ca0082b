using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>An assembly that a session refers to by <c>#r</c>, or that stands beside one, as it was when it was first read.</summary>
/// <remarks>The compiler sees the file's own bytes; what is loaded is woven from the same bytes, so both agree even when the file changes.</remarks>
internal sealed class ReferencedAssembly
{
    private ReferencedAssembly(string path, byte[] image, string name, PortableExecutableReference reference)
    {
        Path = path;
        Image = image;
        Name = name;
        Reference = reference;
    }

    public string Path { get; }

    public byte[] Image { get; }

    /// <summary>The simple name in the assembly's manifest, which need not be the file's.</summary>
    public string Name { get; }

    public PortableExecutableReference Reference { get; }

    /// <summary>Reads a file. A file that is no .NET assembly has the file's name, and the compiler says what is wrong with it.</summary>
    public static ReferencedAssembly Read(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        PortableExecutableReference reference = AssemblyMetadata.CreateFromImage(ImmutableCollectionsMarshal.AsImmutableArray(image))
            .GetReference(filePath: path);
        return new ReferencedAssembly(path, image, ReadName(image) ?? System.IO.Path.GetFileNameWithoutExtension(path), reference);
    }

    /// <summary>The portable PDB beside the file, when it is this very build's; otherwise <see langword="null"/>.</summary>
    public byte[]? ReadSymbols()
    {
        string path = System.IO.Path.ChangeExtension(Path, ".pdb");
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] symbols = File.ReadAllBytes(path);
        return symbols.AsSpan().StartsWith("BSJB"u8) && IsOf(symbols) ? symbols : null;
    }

    private static string? ReadName(byte[] image)
    {
        try
        {
            using var reader = new PEReader(new MemoryStream(image, writable: false));
            if (!reader.HasMetadata)
            {
                return null;
            }

            MetadataReader metadata = reader.GetMetadataReader();
            return metadata.IsAssembly ? metadata.GetString(metadata.GetAssemblyDefinition().Name) : null;
        }
        catch (BadImageFormatException)
        {
            return null; // the compiler reports it (CS0009), with the place of the directive
        }
    }

    private bool IsOf(byte[] symbols)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols, writable: false));
        if (provider.GetMetadataReader().DebugMetadataHeader is not { } header)
        {
            return false;
        }

        var id = new BlobContentId(header.Id);
        using var reader = new PEReader(new MemoryStream(Image, writable: false));
        foreach (DebugDirectoryEntry entry in reader.ReadDebugDirectory())
        {
            if (entry.Type == DebugDirectoryEntryType.CodeView)
            {
                return reader.ReadCodeViewDebugDirectoryData(entry).Guid == id.Guid && entry.Stamp == id.Stamp;
            }
        }

        return false;
    }
}
