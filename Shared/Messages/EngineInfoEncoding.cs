using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Engines as an array of <c>[name, version, unavailable]</c>.</summary>
internal static class EngineInfoEncoding
{
    private const int ElementCount = 3;

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<EngineInfo> engines)
    {
        if (engines.Count > ProtocolConstants.MaxEngines)
        {
            throw new ProtocolException($"{engines.Count} engines, more than {ProtocolConstants.MaxEngines}.");
        }

        writer.WriteArrayHeader(engines.Count);
        foreach (EngineInfo engine in engines)
        {
            writer.WriteArrayHeader(ElementCount);
            writer.Write(engine.Name);
            writer.Write(engine.Version);
            writer.Write(engine.Unavailable);
        }
    }

    public static IReadOnlyList<EngineInfo> Read(ref FieldReader fields)
    {
        var engines = new EngineInfo[fields.ArrayOfAtMost("engines", ProtocolConstants.MaxEngines)];
        for (int i = 0; i < engines.Length; i++)
        {
            fields.Array("engines", ElementCount);
            engines[i] = new EngineInfo(
                fields.String("engines.name"),
                fields.String("engines.version"),
                fields.OptionalString("engines.unavailable"));
        }

        return engines;
    }
}
