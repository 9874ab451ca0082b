using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>The forms of one value by MIME type, as a map from string to string.</summary>
internal static class MimeBundle
{
    public static void Write(ref MessagePackWriter writer, IReadOnlyDictionary<string, string> bundle)
    {
        if (bundle.Count > ProtocolConstants.MaxMimeTypes)
        {
            throw new ProtocolException($"{bundle.Count} MIME types for one value, more than {ProtocolConstants.MaxMimeTypes}.");
        }

        writer.WriteMapHeader(bundle.Count);
        foreach ((string type, string form) in bundle)
        {
            writer.Write(type);
            writer.Write(form);
        }
    }

    public static IReadOnlyDictionary<string, string> Read(ref FieldReader fields, string name)
        => fields.Map(name, ProtocolConstants.MaxMimeTypes);
}
