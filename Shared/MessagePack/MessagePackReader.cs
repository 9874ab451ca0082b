using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace MessagePack;

/// <summary>Reads values; every length and count is checked against the bytes that are there.</summary>
/// <remarks>
/// Throws <see cref="EndOfStreamException"/> for values cut short and counts that cannot be,
/// <see cref="MessagePackSerializationException"/> for a value of another family, and <see cref="OverflowException"/>
/// for a number that does not fit. Never recurses. Pass by reference.
/// </remarks>
internal ref struct MessagePackReader
{
    private SequenceReader<byte> reader;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
        : this(new ReadOnlySequence<byte>(memory))
    {
    }

    public MessagePackReader(scoped in ReadOnlySequence<byte> readOnlySequence) => reader = new SequenceReader<byte>(readOnlySequence);

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => reader.Consumed;

    public readonly bool End => reader.End;

    /// <summary>The first byte of the next value; does not move.</summary>
    public readonly byte NextCode => reader.TryPeek(out byte code) ? code : throw CutShort();

    public readonly MessagePackType NextMessagePackType => MessagePackCode.ToMessagePackType(NextCode);

    /// <summary>Moves past a nil if it is next.</summary>
    public bool TryReadNil()
    {
        if (NextCode != MessagePackCode.Nil)
        {
            return false;
        }

        reader.Advance(1);
        return true;
    }

    public bool ReadBoolean() => ReadCode() switch
    {
        MessagePackCode.True => true,
        MessagePackCode.False => false,
        byte code => throw Unexpected(code),
    };

    public int ReadInt32() => checked((int)ReadInt64());

    public uint ReadUInt32() => checked((uint)ReadUInt64());

    public long ReadInt64()
    {
        byte code = ReadCode();
        return code switch
        {
            <= MessagePackCode.MaxFixInt => code,
            >= MessagePackCode.MinNegativeFixInt => (sbyte)code,
            MessagePackCode.UInt8 => ReadCode(),
            MessagePackCode.UInt16 => (ushort)ReadBigEndian16(),
            MessagePackCode.UInt32 => (uint)ReadBigEndian32(),
            MessagePackCode.UInt64 => checked((long)(ulong)ReadBigEndian64()),
            MessagePackCode.Int8 => (sbyte)ReadCode(),
            MessagePackCode.Int16 => ReadBigEndian16(),
            MessagePackCode.Int32 => ReadBigEndian32(),
            MessagePackCode.Int64 => ReadBigEndian64(),
            _ => throw Unexpected(code),
        };
    }

    public ulong ReadUInt64()
    {
        if (NextCode != MessagePackCode.UInt64)
        {
            return checked((ulong)ReadInt64());
        }

        reader.Advance(1);
        return (ulong)ReadBigEndian64();
    }

    /// <summary>Accepts both sizes of float, and integers.</summary>
    public double ReadDouble()
    {
        switch (NextCode)
        {
            case MessagePackCode.Float32:
                reader.Advance(1);
                return BitConverter.Int32BitsToSingle(ReadBigEndian32());
            case MessagePackCode.Float64:
                reader.Advance(1);
                return BitConverter.Int64BitsToDouble(ReadBigEndian64());
            case MessagePackCode.UInt64:
                return ReadUInt64();
            default:
                return ReadInt64();
        }
    }

    /// <summary>A string, or <see langword="null"/> for nil. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string? ReadString() => ReadStringSequence() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The bytes of a string, not copied and not checked, or <see langword="null"/> for nil.</summary>
    public ReadOnlySequence<byte>? ReadStringSequence()
    {
        byte code = ReadCode();
        return code switch
        {
            MessagePackCode.Nil => null,
            >= MessagePackCode.MinFixStr and <= MessagePackCode.MaxFixStr => ReadSlice((uint)(code - MessagePackCode.MinFixStr)),
            MessagePackCode.Str8 => ReadSlice(ReadCode()),
            MessagePackCode.Str16 => ReadSlice((ushort)ReadBigEndian16()),
            MessagePackCode.Str32 => ReadSlice((uint)ReadBigEndian32()),
            _ => throw Unexpected(code),
        };
    }

    /// <summary>The bytes of a binary value, not copied, or <see langword="null"/> for nil.</summary>
    public ReadOnlySequence<byte>? ReadBytes()
    {
        byte code = ReadCode();
        return code switch
        {
            MessagePackCode.Nil => null,
            MessagePackCode.Bin8 => ReadSlice(ReadCode()),
            MessagePackCode.Bin16 => ReadSlice((ushort)ReadBigEndian16()),
            MessagePackCode.Bin32 => ReadSlice((uint)ReadBigEndian32()),
            _ => throw Unexpected(code),
        };
    }

    /// <summary>The number of elements that follow.</summary>
    public int ReadArrayHeader()
    {
        byte code = ReadCode();
        uint count = code switch
        {
            >= MessagePackCode.MinFixArray and <= MessagePackCode.MaxFixArray => (uint)(code - MessagePackCode.MinFixArray),
            MessagePackCode.Array16 => (ushort)ReadBigEndian16(),
            MessagePackCode.Array32 => (uint)ReadBigEndian32(),
            _ => throw Unexpected(code),
        };
        return CheckedCount(count, bytesEach: 1);
    }

    /// <summary>The number of pairs that follow.</summary>
    public int ReadMapHeader()
    {
        byte code = ReadCode();
        uint count = code switch
        {
            >= MessagePackCode.MinFixMap and <= MessagePackCode.MaxFixMap => (uint)(code - MessagePackCode.MinFixMap),
            MessagePackCode.Map16 => (ushort)ReadBigEndian16(),
            MessagePackCode.Map32 => (uint)ReadBigEndian32(),
            _ => throw Unexpected(code),
        };
        return CheckedCount(count, bytesEach: 2);
    }

    /// <summary>Moves past one value with everything in it.</summary>
    public void Skip()
    {
        // A counter in place of recursion: hostile nesting must not cost stack.
        for (long pending = 1; pending > 0; pending--)
        {
            switch (NextMessagePackType)
            {
                case MessagePackType.Array:
                    pending += ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    pending += 2L * ReadMapHeader();
                    break;
                case MessagePackType.String:
                    ReadStringSequence();
                    break;
                case MessagePackType.Binary:
                    ReadBytes();
                    break;
                case MessagePackType.Float:
                    ReadDouble();
                    break;
                case MessagePackType.Extension:
                    SkipExtension();
                    break;
                case MessagePackType.Integer:
                    SkipInteger();
                    break;
                case MessagePackType.Nil or MessagePackType.Boolean:
                    reader.Advance(1);
                    break;
                default:
                    throw Unexpected(NextCode);
            }
        }
    }

    private static EndOfStreamException CutShort() => new("The data ends in the middle of a value.");

    private static MessagePackSerializationException Unexpected(byte code)
        => new($"Unexpected code 0x{code:x2} ({MessagePackCode.ToMessagePackType(code)}).");

    private void SkipInteger()
    {
        if (NextCode == MessagePackCode.UInt64)
        {
            ReadUInt64();
        }
        else
        {
            ReadInt64();
        }
    }

    private void SkipExtension()
    {
        byte code = ReadCode();
        uint length = code switch
        {
            MessagePackCode.Ext8 => ReadCode(),
            MessagePackCode.Ext16 => (ushort)ReadBigEndian16(),
            MessagePackCode.Ext32 => (uint)ReadBigEndian32(),
            _ => 1u << (code - MessagePackCode.FixExt1),
        };
        ReadSlice(length + 1L);
    }

    private readonly int CheckedCount(uint count, int bytesEach)
    {
        // An element takes at least a byte, so a count beyond what is left is a lie; nobody gets to allocate for it.
        return reader.Remaining >= (long)count * bytesEach ? checked((int)count) : throw CutShort();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte ReadCode() => reader.TryRead(out byte value) ? value : throw CutShort();

    private short ReadBigEndian16() => reader.TryReadBigEndian(out short value) ? value : throw CutShort();

    private int ReadBigEndian32() => reader.TryReadBigEndian(out int value) ? value : throw CutShort();

    private long ReadBigEndian64() => reader.TryReadBigEndian(out long value) ? value : throw CutShort();

    private ReadOnlySequence<byte> ReadSlice(long length)
    {
        if (reader.Remaining < length)
        {
            throw CutShort();
        }

        ReadOnlySequence<byte> slice = reader.UnreadSequence.Slice(0, length);
        reader.Advance(length);
        return slice;
    }
}
