using System.Buffers;
using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using MessagePack;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Tests.Shared.Messages;

/// <summary>
/// Values of the format as plain objects: null, bool, long, ulong, double, string, byte[], object?[] for an array, and
/// KeyValuePair&lt;object?, object?&gt;[] for a map; written as JSON in which each value names its type.
/// </summary>
internal static class WireTree
{
    /// <summary>What a message is on the wire, derived from its record alone: the type, then the constructor's parameters in order.</summary>
    public static object?[] Of(IMessage message)
    {
        Type record = message.GetType();
        object type = record.GetProperty("Type", BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;
        return [(long)(int)type, .. Parameters(record).Select(parameter => Of(record.GetProperty(parameter.Name!)!.GetValue(message)))];
    }

    /// <summary>The parameters of a record's primary constructor.</summary>
    public static ParameterInfo[] Parameters(Type record)
        => record.GetConstructors().Single(constructor => constructor.GetParameters() is not [var only] || only.ParameterType != record).GetParameters();

    public static object? Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        object? value = Read(ref reader);
        return reader.End ? value : throw new InvalidDataException("Something follows the value.");
    }

    public static object? Read(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                return reader.TryReadNil() ? null : throw new InvalidDataException("A nil is no nil.");
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.NextCode == 0xcf ? (object)reader.ReadUInt64() : reader.ReadInt64();
            case MessagePackType.Float:
                return reader.ReadDouble();
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return reader.ReadBytes()!.Value.ToArray();
            case MessagePackType.Array:
                var elements = new object?[reader.ReadArrayHeader()];
                for (int i = 0; i < elements.Length; i++)
                {
                    elements[i] = Read(ref reader);
                }

                return elements;
            case MessagePackType.Map:
                var pairs = new KeyValuePair<object?, object?>[reader.ReadMapHeader()];
                for (int i = 0; i < pairs.Length; i++)
                {
                    object? key = Read(ref reader);
                    pairs[i] = new(key, Read(ref reader));
                }

                return pairs;
            default:
                throw new InvalidDataException($"No value of ours: {reader.NextMessagePackType}.");
        }
    }

    public static byte[] Write(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(ref MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool b:
                writer.Write(b);
                break;
            case long n:
                writer.Write(n);
                break;
            case ulong n:
                writer.Write(n);
                break;
            case double d:
                writer.Write(d);
                break;
            case string s:
                writer.Write(s);
                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case object?[] elements:
                writer.WriteArrayHeader(elements.Length);
                foreach (object? element in elements)
                {
                    Write(ref writer, element);
                }

                break;
            case KeyValuePair<object?, object?>[] pairs:
                writer.WriteMapHeader(pairs.Length);
                foreach ((object? key, object? element) in pairs)
                {
                    Write(ref writer, key);
                    Write(ref writer, element);
                }

                break;
            default:
                throw new ArgumentException($"No value of the format: {value.GetType()}.", nameof(value));
        }
    }

    /// <summary>JSON of the value: <c>["i","1"]</c>, <c>["f","16 hex digits"]</c>, <c>["s",".."]</c>, <c>["b","hex"]</c>, <c>["a",[..]]</c>, <c>["m",[[k,v]..]]</c>.</summary>
    public static JsonNode? Json(object? value) => value switch
    {
        null => null,
        bool b => b,
        long or ulong => new JsonArray("i", FormattableString.Invariant($"{value}")),
        double d => new JsonArray("f", $"{BitConverter.DoubleToInt64Bits(d):x16}"),
        string s => new JsonArray("s", s),
        byte[] bytes => new JsonArray("b", Convert.ToHexStringLower(bytes)),
        object?[] elements => new JsonArray("a", new JsonArray([.. elements.Select(Json)])),
        KeyValuePair<object?, object?>[] pairs
            => new JsonArray("m", new JsonArray([.. pairs.Select(pair => new JsonArray(Json(pair.Key), Json(pair.Value)))])),
        _ => throw new ArgumentException($"No value of the format: {value.GetType()}.", nameof(value)),
    };

    private static object? Of(object? value) => value switch
    {
        null or bool or long or ulong or double or string or byte[] => value,
        uint n => (long)n,
        int n => (long)n,
        Enum e => Convert.ToInt64(e),
        EngineInfo engine => new object?[] { engine.Name, engine.Version, engine.Unavailable },
        RunValue run => new[] { run.Text, Of(run.Data), run.Typed },
        RunError error => new object?[] { error.Type, error.Message, error.Traceback },
        IReadOnlyDictionary<string, string> map => map.Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value)).ToArray(),
        IEnumerable list => list.Cast<object?>().Select(Of).ToArray(),
        _ => throw new ArgumentException($"No field of a message: {value.GetType()}.", nameof(value)),
    };
}
