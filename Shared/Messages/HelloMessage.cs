using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller, first frame: who I am.</summary>
/// <param name="ProtocolVersion">ProtocolConstants.Version.</param>
/// <param name="ProcessId">The worker's pid.</param>
/// <param name="Secret">The launch secret that came on standard input.</param>
/// <param name="Runtime">For diagnostics: runtime and platform.</param>
/// <param name="Engines">What can run here.</param>
/// <param name="MapPath">A map the worker made, or null.</param>
internal sealed record HelloMessage(int ProtocolVersion, int ProcessId, string Secret, string Runtime, IReadOnlyList<EngineInfo> Engines, string? MapPath) : IMessage<HelloMessage>
{
    public static MessageType Type => MessageType.Hello;

    public static int FieldCount => 6;

    public static HelloMessage Read(ref FieldReader fields)
    {
        int version = fields.Int32("protocolVersion");
        if (version != ProtocolConstants.Version)
        {
            throw fields.Error($"the worker speaks version {version} of the protocol, this side {ProtocolConstants.Version}");
        }

        fields.RequireCount(FieldCount);
        return new(
            version,
            fields.Int32("processId", 1, int.MaxValue),
            fields.String("secret"),
            fields.String("runtime"),
            EngineInfoEncoding.Read(ref fields),
            fields.OptionalString("mapPath"));
    }

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(ProtocolVersion);
        writer.Write(ProcessId);
        writer.Write(Secret);
        writer.Write(Runtime);
        EngineInfoEncoding.Write(ref writer, Engines);
        writer.Write(MapPath);
    }
}
