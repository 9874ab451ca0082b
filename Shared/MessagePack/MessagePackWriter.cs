using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

/// <summary>Writes values in their smallest encoding.</summary>
/// <remarks>Call <see cref="Flush"/> at the end: until then the last bytes are not committed to the buffer. Pass by reference.</remarks>
internal ref struct MessagePackWriter
{
    /// <summary>Strings up to here are encoded in one pass into room for the worst case; longer ones are measured first.</summary>
    private const int OnePassChars = 64 * 1024;

    private const int MaxHeaderBytes = 5;
    private const int MinBorrowedBytes = 256;

    private readonly IBufferWriter<byte> output;
    private Span<byte> borrowed;
    private int used;

    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        output = writer;
        borrowed = default;
        used = 0;
    }

    /// <summary>Commits what was written to the buffer.</summary>
    public void Flush()
    {
        if (used > 0)
        {
            output.Advance(used);
        }

        borrowed = default;
        used = 0;
    }

    public void WriteNil() => Put(MessagePackCode.Nil);

    public void Write(bool value) => Put(value ? MessagePackCode.True : MessagePackCode.False);

    public void Write(byte value) => Write((ulong)value);

    public void Write(ushort value) => Write((ulong)value);

    public void Write(uint value) => Write((ulong)value);

    public void Write(sbyte value) => Write((long)value);

    public void Write(short value) => Write((long)value);

    public void Write(int value) => Write((long)value);

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= -32:
                Put((byte)value);
                break;
            case >= sbyte.MinValue:
                Span<byte> one = Take(2);
                one[0] = MessagePackCode.Int8;
                one[1] = (byte)value;
                break;
            case >= short.MinValue:
                Span<byte> two = Take(3);
                two[0] = MessagePackCode.Int16;
                BinaryPrimitives.WriteInt16BigEndian(two[1..], (short)value);
                break;
            case >= int.MinValue:
                Span<byte> four = Take(5);
                four[0] = MessagePackCode.Int32;
                BinaryPrimitives.WriteInt32BigEndian(four[1..], (int)value);
                break;
            default:
                Span<byte> eight = Take(9);
                eight[0] = MessagePackCode.Int64;
                BinaryPrimitives.WriteInt64BigEndian(eight[1..], value);
                break;
        }
    }

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.MaxFixInt:
                Put((byte)value);
                break;
            case <= byte.MaxValue:
                Span<byte> one = Take(2);
                one[0] = MessagePackCode.UInt8;
                one[1] = (byte)value;
                break;
            case <= ushort.MaxValue:
                Span<byte> two = Take(3);
                two[0] = MessagePackCode.UInt16;
                BinaryPrimitives.WriteUInt16BigEndian(two[1..], (ushort)value);
                break;
            case <= uint.MaxValue:
                Span<byte> four = Take(5);
                four[0] = MessagePackCode.UInt32;
                BinaryPrimitives.WriteUInt32BigEndian(four[1..], (uint)value);
                break;
            default:
                Span<byte> eight = Take(9);
                eight[0] = MessagePackCode.UInt64;
                BinaryPrimitives.WriteUInt64BigEndian(eight[1..], value);
                break;
        }
    }

    public void Write(float value)
    {
        Span<byte> bytes = Take(5);
        bytes[0] = MessagePackCode.Float32;
        BinaryPrimitives.WriteSingleBigEndian(bytes[1..], value);
    }

    public void Write(double value)
    {
        Span<byte> bytes = Take(9);
        bytes[0] = MessagePackCode.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
    }

    /// <summary>Writes nil for <see langword="null"/>. Lone surrogates become U+FFFD.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            Write(value.AsSpan());
        }
    }

    public void Write(ReadOnlySpan<char> value)
    {
        int most = value.Length <= OnePassChars ? Encoding.UTF8.GetMaxByteCount(value.Length) : Encoding.UTF8.GetByteCount(value);
        Span<byte> room = Reserve(checked(MaxHeaderBytes + most));

        // The header's size depends on the number of bytes, known only afterwards: guess that the text is ASCII.
        int guess = StringHeaderBytes(value.Length);
        int bytes = Encoding.UTF8.GetBytes(value, room[guess..]);
        int header = StringHeaderBytes(bytes);
        if (header != guess)
        {
            room.Slice(guess, bytes).CopyTo(room[header..]);
        }

        PutStringHeader(room, header, bytes);
        used += header + bytes;
    }

    /// <summary>Writes a string whose bytes are UTF-8 already; not checked.</summary>
    public void WriteString(scoped ReadOnlySpan<byte> utf8stringBytes)
    {
        int header = StringHeaderBytes(utf8stringBytes.Length);
        PutStringHeader(Take(header), header, utf8stringBytes.Length);
        utf8stringBytes.CopyTo(Take(utf8stringBytes.Length));
    }

    /// <summary>Writes nil for <see langword="null"/>.</summary>
    public void Write(byte[]? src)
    {
        if (src is null)
        {
            WriteNil();
        }
        else
        {
            Write(src.AsSpan());
        }
    }

    public void Write(ReadOnlySpan<byte> src)
    {
        switch (src.Length)
        {
            case <= byte.MaxValue:
                Span<byte> one = Take(2);
                one[0] = MessagePackCode.Bin8;
                one[1] = (byte)src.Length;
                break;
            case <= ushort.MaxValue:
                Span<byte> two = Take(3);
                two[0] = MessagePackCode.Bin16;
                BinaryPrimitives.WriteUInt16BigEndian(two[1..], (ushort)src.Length);
                break;
            default:
                Span<byte> four = Take(5);
                four[0] = MessagePackCode.Bin32;
                BinaryPrimitives.WriteInt32BigEndian(four[1..], src.Length);
                break;
        }

        src.CopyTo(Take(src.Length));
    }

    public void WriteArrayHeader(int count) => WriteHeader((uint)count, MessagePackCode.MinFixArray, MessagePackCode.Array16);

    public void WriteMapHeader(int count) => WriteHeader((uint)count, MessagePackCode.MinFixMap, MessagePackCode.Map16);

    private static int StringHeaderBytes(int bytes) => bytes switch
    {
        <= MessagePackCode.MaxFixStr - MessagePackCode.MinFixStr => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    private static void PutStringHeader(Span<byte> room, int header, int bytes)
    {
        switch (header)
        {
            case 1:
                room[0] = (byte)(MessagePackCode.MinFixStr | bytes);
                break;
            case 2:
                room[0] = MessagePackCode.Str8;
                room[1] = (byte)bytes;
                break;
            case 3:
                room[0] = MessagePackCode.Str16;
                BinaryPrimitives.WriteUInt16BigEndian(room[1..], (ushort)bytes);
                break;
            default:
                room[0] = MessagePackCode.Str32;
                BinaryPrimitives.WriteInt32BigEndian(room[1..], bytes);
                break;
        }
    }

    private void WriteHeader(uint count, byte fix, byte code16)
    {
        switch (count)
        {
            case <= 15:
                Put((byte)(fix | count));
                break;
            case <= ushort.MaxValue:
                Span<byte> two = Take(3);
                two[0] = code16;
                BinaryPrimitives.WriteUInt16BigEndian(two[1..], (ushort)count);
                break;
            default:
                Span<byte> four = Take(5);
                four[0] = (byte)(code16 + 1);
                BinaryPrimitives.WriteUInt32BigEndian(four[1..], count);
                break;
        }
    }

    private void Put(byte value) => Take(1)[0] = value;

    private Span<byte> Take(int size)
    {
        Span<byte> room = Reserve(size)[..size];
        used += size;
        return room;
    }

    /// <summary>At least that much room behind what is written.</summary>
    private Span<byte> Reserve(int size)
    {
        if (borrowed.Length - used < size)
        {
            Flush();
            borrowed = output.GetSpan(Math.Max(size, MinBorrowedBytes));
        }

        return borrowed[used..];
    }
}
