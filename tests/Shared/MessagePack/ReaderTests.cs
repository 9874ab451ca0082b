using System.Buffers;
using MessagePack;
using ProcInterrupt.Tests.Shared.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Shared.MessagePack;

public sealed class ReaderTests
{
    [Fact]
    public void Values_cut_into_segments_anywhere_are_read_as_if_whole()
    {
        object?[] value = [1L, -70_000L, ulong.MaxValue, 0.1, "text é", new byte[] { 1, 2, 3 }, new KeyValuePair<object?, object?>[] { new("key", true) }];
        byte[] bytes = WireTree.Write(value);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var reader = new MessagePackReader(Segmented(bytes, cut));
            RoundTripTests.AssertSame(value, WireTree.Read(ref reader));
            Assert.True(reader.End);
            Assert.Equal(bytes.Length, reader.Consumed);
        }
    }

    [Fact]
    public void Skip_moves_past_any_value_and_no_further()
    {
        byte[][] values =
        [
            [0x7f], [0xff], [0xc0], [0xc2], [0xcc, 1], [0xcd, 1, 2], [0xce, 1, 2, 3, 4], [0xcf, 0xff, 2, 3, 4, 5, 6, 7, 8],
            [0xd0, 1], [0xd1, 1, 2], [0xd2, 1, 2, 3, 4], [0xd3, 1, 2, 3, 4, 5, 6, 7, 8], [0xca, 1, 2, 3, 4], [0xcb, 1, 2, 3, 4, 5, 6, 7, 8],
            [0xa2, 65, 66], [0xd9, 1, 65], [0xda, 0, 1, 65], [0xdb, 0, 0, 0, 1, 65], [0xc4, 1, 0], [0xc5, 0, 1, 0], [0xc6, 0, 0, 0, 1, 0],
            [0xd4, 9, 1], [0xd5, 9, 1, 2], [0xd6, 9, 1, 2, 3, 4], [0xd7, 9, .. new byte[8]], [0xd8, 9, .. new byte[16]],
            [0xc7, 0, 9], [0xc7, 1, 9, 0], [0xc8, 0, 1, 9, 0], [0xc9, 0, 0, 0, 1, 9, 0],
            [0x92, 1, 0x91, 0xc0], [0xdc, 0, 1, 5], [0xdd, 0, 0, 0, 1, 5], [0x81, 1, 0x90], [0xde, 0, 1, 5, 6], [0xdf, 0, 0, 0, 1, 5, 6],
        ];
        foreach (byte[] value in values)
        {
            var reader = new MessagePackReader((byte[])[.. value, 42]);
            reader.Skip();
            Assert.Equal(value.Length, reader.Consumed);
            Assert.Equal(42, reader.ReadInt32());

            for (int length = 0; length < value.Length; length++)
            {
                Assert.Throws<EndOfStreamException>(() => Skip(value.AsMemory(0, length)));
            }
        }

        Assert.Throws<MessagePackSerializationException>(() => Skip(new byte[] { 0xc1 }));
    }

    [Fact]
    public void Skip_of_a_million_nested_arrays_costs_no_stack()
    {
        byte[] nested = new byte[1_000_000];
        Array.Fill(nested, (byte)0x91);
        nested[^1] = 0xc0;
        Skip(nested);
        Assert.Throws<EndOfStreamException>(() => Skip(nested.AsMemory(0, nested.Length - 1)));
    }

    [Fact]
    public void A_count_that_the_rest_cannot_hold_is_refused_with_the_header()
    {
        Assert.Equal(3, new MessagePackReader(new byte[] { 0x93, 1, 2, 3 }).ReadArrayHeader());
        Assert.Equal(1, new MessagePackReader(new byte[] { 0x81, 1, 2 }).ReadMapHeader());
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(new byte[] { 0x93, 1, 2 }).ReadArrayHeader());
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(new byte[] { 0xdc, 1, 0, 0 }).ReadArrayHeader());
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff, 0 }).ReadArrayHeader());
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(new byte[] { 0x82, 1, 2, 3 }).ReadMapHeader());
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(new byte[] { 0xdf, 0x80, 0, 0, 0, 0 }).ReadMapHeader());
    }

    [Fact]
    public void Numbers_that_do_not_fit_overflow()
    {
        Assert.Throws<OverflowException>(() => new MessagePackReader(WireTree.Write(1L << 31)).ReadInt32());
        Assert.Throws<OverflowException>(() => new MessagePackReader(WireTree.Write(-1L)).ReadUInt32());
        Assert.Throws<OverflowException>(() => new MessagePackReader(WireTree.Write(-1L)).ReadUInt64());
        Assert.Throws<OverflowException>(() => new MessagePackReader(WireTree.Write(ulong.MaxValue)).ReadInt64());
        Assert.Equal(ulong.MaxValue, new MessagePackReader(WireTree.Write(ulong.MaxValue)).ReadUInt64());
        Assert.Equal(1.8446744073709552E+19, new MessagePackReader(WireTree.Write(ulong.MaxValue)).ReadDouble());
        Assert.Equal(0.5, new MessagePackReader(new byte[] { 0xca, 0x3f, 0, 0, 0 }).ReadDouble());
    }

    [Fact]
    public void A_value_of_another_family_is_refused()
    {
        byte[] text = WireTree.Write("1");
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadInt64());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadBoolean());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadDouble());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadArrayHeader());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadMapHeader());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(new byte[] { 1 }).ReadString());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(new byte[] { 1 }).ReadBytes());
    }

    private static void Skip(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        reader.Skip();
    }

    private static ReadOnlySequence<byte> Segmented(byte[] bytes, int cut)
    {
        var first = new Segment(bytes.AsMemory(0, cut), 0);
        var last = new Segment(bytes.AsMemory(cut), cut);
        first.Append(last);
        return new ReadOnlySequence<byte>(first, 0, last, bytes.Length - cut);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public void Append(Segment next) => Next = next;
    }
}
