using System.Reflection;
using System.Reflection.Metadata;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The classes of an assembly that are marked with <see cref="ReplacesAttribute"/>, by name.</summary>
/// <remarks>
/// Read from metadata: asked by reflection, each attribute would load the framework's type and its assembly, at the start of
/// every worker, most of them for nothing.
/// </remarks>
internal static class MarkedClasses
{
    /// <summary>Each class, and the full name of the framework's type as reflection writes it.</summary>
    public static unsafe IEnumerable<(string Class, string Replaced)> In(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
        {
            throw new InvalidOperationException($"{assembly.GetName().Name} has no metadata in memory.");
        }

        return Read(new MetadataReader(metadata, length));
    }

    private static List<(string Class, string Replaced)> Read(MetadataReader reader)
    {
        var found = new List<(string Class, string Replaced)>();
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            foreach (CustomAttributeHandle attribute in type.GetCustomAttributes())
            {
                if (ReadReplaced(reader, reader.GetCustomAttribute(attribute)) is { } replaced)
                {
                    found.Add(($"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}", replaced));
                }
            }
        }

        return found;
    }

    private static string? ReadReplaced(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MethodDefinition)
        {
            return null;
        }

        TypeDefinition mark = reader.GetTypeDefinition(reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType());
        if (!reader.StringComparer.Equals(mark.Name, nameof(ReplacesAttribute)))
        {
            return null;
        }

        // Two bytes that are always the same, then the type's name with its assembly.
        BlobReader value = reader.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        return value.ReadSerializedString()!.Split(',')[0];
    }
}
