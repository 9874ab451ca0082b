using MessagePack;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>The MessagePack reader by itself, asked for anything: the first byte of the input says for what.</summary>
internal sealed class MessagePackTarget : IFuzzTarget
{
    public string Name => "MessagePack";

    public int Share => 200;

    public long AllowedBytes(int length) => (64 * 1024) + (8L * length);

    public byte[] Valid(Random random) => [(byte)random.Next(256), .. RandomMessages.Body(random)];

    public string Feed(byte[] input)
    {
        var reader = new MessagePackReader(input.AsMemory(Math.Min(1, input.Length)));
        var state = input.Length == 0 ? 0u : input[0];
        var last = "";
        try
        {
            while (!reader.End)
            {
                var before = reader.Consumed;
                state = (state * 1_103_515_245) + 12_345;
                last = Ask(ref reader, (state >> 16) % 12);
                if (reader.Consumed == before && last != "not nil")
                {
                    throw new InvalidOperationException($"{last} did not move.");
                }

                if (reader.Consumed == before)
                {
                    reader.Skip();
                }
            }

            return $"all, {last} last";
        }
        catch (Exception refused) when (refused is EndOfStreamException or MessagePackSerializationException or OverflowException)
        {
            return $"{last}: {refused.Message}";
        }
    }

    private static string Ask(ref MessagePackReader reader, uint what)
    {
        switch (what)
        {
            case 0:
                reader.ReadArrayHeader();
                return "array";
            case 1:
                reader.ReadMapHeader();
                return "map";
            case 2:
                reader.ReadInt32();
                return "int32";
            case 3:
                reader.ReadUInt64();
                return "uint64";
            case 4:
                reader.ReadStringSequence();
                return "string";
            case 5:
                reader.ReadBytes();
                return "bytes";
            case 6:
                reader.ReadDouble();
                return "double";
            case 7:
                reader.ReadBoolean();
                return "boolean";
            case 8:
                return reader.TryReadNil() ? "nil" : "not nil";
            default:
                var type = reader.NextMessagePackType;
                reader.Skip();
                return $"skipped {type}";
        }
    }
}
