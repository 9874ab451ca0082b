using System.Buffers;
using System.Text;
using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Reads the fields of one frame and remembers where it is, so that an error can say which field was wrong.</summary>
/// <remarks>
/// Each value is asked for by its type, so hostile nesting goes no deeper than the messages do. Besides
/// <see cref="ProtocolException"/> the reader's own exceptions come out; <see cref="MessageCodec"/> translates them.
/// </remarks>
internal ref struct FieldReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly long length;
    private MessagePackReader reader;
    private MessageType message;
    private string field = "";
    private int count;

    public FieldReader(scoped in ReadOnlySequence<byte> body)
    {
        length = body.Length;
        reader = new MessagePackReader(body);
    }

    /// <summary>Reads the array's header and the type.</summary>
    public MessageType Start()
    {
        field = "frame";
        Expect(MessagePackType.Array, "an array");
        count = reader.ReadArrayHeader() - 1;
        return (MessageType)Int32("type");
    }

    /// <summary>Goes on to a message's fields, of which there must be exactly so many.</summary>
    public void Enter(MessageType type, int expected)
    {
        message = type;
        if (type != MessageType.Hello)
        {
            RequireCount(expected);
        }
    }

    /// <summary>Refuses a frame with another number of fields; for Hello only after its version is known.</summary>
    public void RequireCount(int expected)
    {
        if (count != expected)
        {
            field = "";
            throw Error($"{count} fields in place of {expected}");
        }
    }

    /// <summary>Refuses what follows the message.</summary>
    public void Finish()
    {
        if (!reader.End)
        {
            throw new ProtocolException($"{message}: {length - reader.Consumed} bytes follow the message in its frame.");
        }
    }

    public int Int32(string name)
    {
        ExpectInteger(name);
        return reader.ReadInt32();
    }

    /// <summary>An integer that must lie within bounds, both included.</summary>
    public int Int32(string name, int least, int most)
    {
        int value = Int32(name);
        return value >= least && value <= most ? value : throw Error($"{value} is not within {least} to {most}");
    }

    public int? OptionalInt32(string name) => Nil(name) ? null : Int32(name);

    public uint UInt32(string name)
    {
        ExpectInteger(name);
        return reader.ReadUInt32();
    }

    public ulong UInt64(string name)
    {
        ExpectInteger(name);
        return reader.ReadUInt64();
    }

    /// <summary>A run's number, which is never 0.</summary>
    public uint Run()
    {
        uint run = UInt32("run");
        return run != 0 ? run : throw Error("runs are numbered from 1");
    }

    public long Int64(string name)
    {
        ExpectInteger(name);
        return reader.ReadInt64();
    }

    /// <summary>A size, a duration, or a time of a clock that starts at 0.</summary>
    public long NotNegative(string name)
    {
        long value = Int64(name);
        return value >= 0 ? value : throw Error($"{value} is negative");
    }

    public bool Boolean(string name)
    {
        field = name;
        Expect(MessagePackType.Boolean, "a boolean");
        return reader.ReadBoolean();
    }

    public double Double(string name)
    {
        field = name;
        Expect(MessagePackType.Float, "a float");
        return reader.ReadDouble();
    }

    /// <summary>A float from 0 to 1.</summary>
    public double Fraction(string name)
    {
        double value = Double(name);
        return value is >= 0 and <= 1 ? value : throw Error($"{value} is not within 0 to 1");
    }

    public string String(string name)
    {
        field = name;
        Expect(MessagePackType.String, "a string");
        return StrictUtf8.GetString(reader.ReadStringSequence().GetValueOrDefault());
    }

    public string? OptionalString(string name) => Nil(name) ? null : String(name);

    /// <summary>A string of at most so many UTF-16 units, or nil.</summary>
    public string? OptionalString(string name, int most)
    {
        string? value = OptionalString(name);
        return value is null || value.Length <= most ? value : throw Error($"{value.Length} characters, more than {most}");
    }

    public byte[] Bytes(string name)
    {
        field = name;
        Expect(MessagePackType.Binary, "binary");
        return reader.ReadBytes().GetValueOrDefault().ToArray();
    }

    /// <summary>Moves past a nil if it is next.</summary>
    public bool Nil(string name)
    {
        field = name;
        return reader.TryReadNil();
    }

    /// <summary>The type of the next value, which is not consumed.</summary>
    public MessagePackType Peek(string name)
    {
        field = name;
        return reader.NextMessagePackType;
    }

    /// <summary>The header of a nested array with exactly so many elements.</summary>
    public void Array(string name, int expected)
    {
        field = name;
        Expect(MessagePackType.Array, "an array");
        int elements = reader.ReadArrayHeader();
        if (elements != expected)
        {
            throw Error($"{elements} elements in place of {expected}");
        }
    }

    /// <summary>The header of a nested array of any number of elements up to a limit.</summary>
    public int ArrayOfAtMost(string name, int most)
    {
        field = name;
        Expect(MessagePackType.Array, "an array");
        return WithinLimit(reader.ReadArrayHeader(), most);
    }

    /// <summary>An array of strings, no more of them than a limit.</summary>
    public IReadOnlyList<string> Strings(string name, int most)
    {
        int count = ArrayOfAtMost(name, most);
        string[] strings = new string[count];
        for (int i = 0; i < count; i++)
        {
            strings[i] = String(name);
        }

        return strings;
    }

    /// <summary>A map from string to string with distinct keys, and no more of them than a limit.</summary>
    public IReadOnlyDictionary<string, string> Map(string name, int most)
    {
        field = name;
        Expect(MessagePackType.Map, "a map");
        int pairs = WithinLimit(reader.ReadMapHeader(), most);
        if (pairs == 0)
        {
            return System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
        }

        var map = new Dictionary<string, string>(pairs);
        for (int i = 0; i < pairs; i++)
        {
            string key = String(name);
            if (!map.TryAdd(key, String(name)))
            {
                throw Error("a key occurs twice");
            }
        }

        return map;
    }

    /// <summary>What to throw for the field that was read last.</summary>
    public readonly ProtocolException Error(string problem, Exception? cause = null)
    {
        string place = (message, field) switch
        {
            (0, _) => $"Frame ({field})",
            (_, "") => $"{message}",
            _ => $"{message}.{field}",
        };
        return new ProtocolException($"{place}: {problem}.", cause);
    }

    private readonly int WithinLimit(int value, int most)
        => value <= most ? value : throw Error($"{value} elements, more than {most}");

    private void ExpectInteger(string name)
    {
        field = name;
        Expect(MessagePackType.Integer, "an integer");
    }

    private void Expect(MessagePackType type, string expected)
    {
        MessagePackType actual = reader.NextMessagePackType;
        if (actual != type)
        {
            throw Error($"{expected} expected, not {actual}");
        }
    }
}
