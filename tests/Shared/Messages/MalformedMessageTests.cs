using FsCheck;
using FsCheck.Fluent;
using ProcInterrupt.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Messages;

public sealed class MalformedMessageTests
{
    [Fact]
    public void Random_bytes_are_a_message_or_refused()
        => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), DecodeOrRefuse).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Random_values_behind_a_valid_type_are_a_message_or_refused()
    {
        Gen<byte[]> frames =
            from type in Gen.Elements(Enum.GetValues<MessageType>())
            from fields in Tree.Resize(12).ArrayOf(8)
            from count in Gen.Choose(0, 8)
            select WireTree.Write(new object?[] { (long)type }.Concat(fields.Take(count)).ToArray());
        Prop.ForAll(Arb.From(frames, Shrinker.Bytes), DecodeOrRefuse).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }

    [Fact]
    public void A_valid_frame_with_some_bytes_changed_is_a_message_or_refused()
    {
        Gen<byte[]> frames =
            from message in MessageGenerator.Any.Resize(5)
            from changes in (from at in Gen.Choose(0, int.MaxValue) from value in Gen.Choose(0, 255) from how in Gen.Choose(0, 3) select (at, value, how)).ListOf(4)
            from count in Gen.Choose(1, 4)
            select changes.Take(count).Aggregate(RoundTripTests.Encode(message), (bytes, change) => Mutate(bytes, change.at, (byte)change.value, change.how));
        Prop.ForAll(Arb.From(frames, Shrinker.Bytes), DecodeOrRefuse).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void A_frame_cut_short_anywhere_is_refused()
    {
        foreach ((MessageType type, Gen<IMessage> messages) in MessageGenerator.ByType)
        {
            foreach (IMessage message in Gen.Sample(messages, 5, 4))
            {
                byte[] body = RoundTripTests.Encode(message);
                for (int length = 0; length < Math.Min(body.Length, 300); length++)
                {
                    string problem = Refused(body[..length]);
                    Assert.True(problem.StartsWith($"{type}", StringComparison.Ordinal) || length < FieldsOf(message) + 2, problem);
                }
            }
        }
    }

    [Fact]
    public void Bytes_after_the_message_are_refused()
        => Assert.Equal("Shutdown: 1 bytes follow the message in its frame.", Refused([.. RoundTripTests.Encode(new ShutdownMessage()), 0xc0]));

    [Fact]
    public void The_refusal_names_the_message_the_field_and_what_is_wrong()
    {
        Assert.Equal("Frame (frame): an array expected, not Map.", Refused(WireTree.Write(new KeyValuePair<object?, object?>[] { new("a", null) })));
        Assert.Equal("Frame (frame): the frame ends before the value does.", Refused([]));
        Assert.Equal("Frame (type): the frame ends before the value does.", Refused(Frame()));
        Assert.Equal("Frame (type): an integer expected, not String.", Refused(Frame("RunCode")));
        Assert.Equal("Frame (type): 3 is no message of this version.", Refused(Frame(3L)));
        Assert.Equal("Frame (type): the number is out of range.", Refused(Frame(ulong.MaxValue)));
        Assert.Equal("RunStarted: 1 fields in place of 2.", Refused(Frame(33L, 1L)));
        Assert.Equal("RunStarted: 3 fields in place of 2.", Refused(Frame(33L, 1L, 0L, 0L)));
        Assert.Equal("RunStarted.run: runs are numbered from 1.", Refused(Frame(33L, 0L, 0L)));
        Assert.Equal("RunStarted.run: the number is out of range.", Refused(Frame(33L, -1L, 0L)));
        Assert.Equal("RunStarted.run: the number is out of range.", Refused(Frame(33L, 1L << 32, 0L)));
        Assert.Equal("RunStarted.run: an integer expected, not Nil.", Refused(Frame(33L, null, 0L)));
        Assert.Equal("RunStarted.atNanos: -1 is negative.", Refused(Frame(33L, 1L, -1L)));
        Assert.Equal("RunStarted.atNanos: an integer expected, not Float.", Refused(Frame(33L, 1L, 1.0)));
        Assert.Equal("Output.stream: 3 is not within 1 to 2.", Refused(Frame(34L, 1L, 3L, "x")));
        Assert.Equal("Output.text: a string expected, not Binary.", Refused(Frame(34L, 1L, 1L, "x"u8.ToArray())));
        Assert.Equal("Progress.fraction: 2 is not within 0 to 1.", Refused(Frame(36L, 1L, 2.0, null)));
        Assert.Equal("Progress.fraction: NaN is not within 0 to 1.", Refused(Frame(36L, 1L, double.NaN, null)));
        Assert.Equal("InterruptHandled.by: 0 is not within 1 to 3.", Refused(Frame(39L, 1L, 2L, 0L, 0L)));
        Assert.Equal("RunCompleted.outcome: 3 is not within 0 to 2.", Refused(Frame(40L, 1L, 3L, 0L, null, null, null, 0L, 0L)));
        Assert.Equal("RunCompleted.reason: 10 is not within 0 to 9.", Refused(Frame(40L, 1L, 0L, 10L, null, null, null, 0L, 0L)));
        Assert.Equal("RunCompleted.value: 2 elements in place of 3.", Refused(Frame(40L, 1L, 0L, 0L, new object?[] { "", null }, null, null, 0L, 0L)));
        Assert.Equal(
            "RunCompleted.value.typed: a value's type expected, not Array.",
            Refused(Frame(40L, 1L, 0L, 0L, new object?[] { "", Pairs(), Array.Empty<object?>() }, null, null, 0L, 0L)));
        Assert.Equal(
            "RunCompleted.value.typed: the number is out of range.",
            Refused(Frame(40L, 1L, 0L, 0L, new object?[] { "", Pairs(), ulong.MaxValue }, null, null, 0L, 0L)));
        Assert.Equal("RunCompleted.error.message: a string expected, not Nil.", Refused(Frame(40L, 1L, 0L, 0L, null, new object?[] { "", null, "" }, null, 0L, 0L)));
        Assert.Equal("RunCode.firstLine: 0 is not within 1 to 2147483647.", Refused(Frame(2L, 1L, "", "", null, 0L, 0L)));
        Assert.Equal("Complete.position: 3 is not within 0 to 2.", Refused(Frame(5L, 1L, "csharp", "ab", 3L)));
        Assert.Equal("Complete.position: -1 is not within 0 to 2.", Refused(Frame(5L, 1L, "csharp", "ab", -1L)));
        Assert.Equal("IsCompleteAnswer.status: 4 is not within 0 to 3.", Refused(Frame(44L, 1L, 4L, "", false, null)));
        Assert.Equal("IsCompleteAnswer.indent: something else than spaces and tabs.", Refused(Frame(44L, 1L, 1L, " \n", false, null)));
        Assert.Equal("IsCompleteAnswer.indent: 257 characters, more than 256.", Refused(Frame(44L, 1L, 1L, new string(' ', 257), false, null)));
        Assert.Equal("CompleteAnswer.end: 1 is not within 2 to 2147483647.", Refused(Frame(45L, 1L, 2L, 1L, Array.Empty<object?>(), null)));
        Assert.Equal("CompleteAnswer.matches: a string expected, not Nil.", Refused(Frame(45L, 1L, 0L, 0L, new object?[] { null }, null)));
        Assert.Equal("CompleteAnswer.matches: 1001 elements, more than 1000.", Refused(Frame(45L, 1L, 0L, 0L, new object?[1001], null)));
        Assert.Equal("Display.data: a key occurs twice.", Refused(Frame(35L, 1L, Pairs(("a", "1"), ("a", "2")))));
        Assert.Equal("Hello.engines.name: a string expected, not Nil.", Refused(Frame(32L, 1L, 1L, "", "", new object?[] { new object?[] { null, "", null } }, null)));
    }

    [Fact]
    public void Another_version_is_said_so_whatever_its_hello_holds()
    {
        Assert.Equal("Hello.protocolVersion: the worker speaks version 2 of the protocol, this side 1.", Refused(Frame(32L, 2L)));
        Assert.Equal("Hello.protocolVersion: the worker speaks version 2 of the protocol, this side 1.", Refused(Frame(32L, 2L, 1L, 1L, 1L, 1L, 1L, 1L, 1L)));
        Assert.Equal("Hello: 1 fields in place of 6.", Refused(Frame(32L, 1L)));
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0x80 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public void Text_that_is_not_UTF8_is_refused(byte[] text)
        => Assert.Equal("Output.text: the text is not UTF-8.", Refused([0x94, 34, 1, 1, (byte)(0xa0 | text.Length), .. text]));

    [Theory]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff, 32 })]
    [InlineData(new byte[] { 0x93, 35, 1, 0xdf, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x93, 35, 1, 0xdf, 0x00, 0x00, 0x00, 0x41 })]
    [InlineData(new byte[] { 0x94, 34, 1, 1, 0xdb, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x97, 32, 1, 1, 0xa0, 0xa0, 0xdd, 0x7f, 0xff, 0xff, 0xff, 0xc0 })]
    public void A_count_that_lies_is_refused_without_allocating_for_it(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(body);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void More_engines_or_MIME_types_than_allowed_are_refused()
    {
        object?[] engines = [.. Enumerable.Range(0, ProtocolConstants.MaxEngines + 1).Select(_ => new object?[] { "", "", null })];
        Assert.Equal("Hello.engines: 65 elements, more than 64.", Refused(Frame(32L, 1L, 1L, "", "", engines, null)));
        (string, string)[] bundle = [.. Enumerable.Range(0, ProtocolConstants.MaxMimeTypes + 1).Select(i => ($"{i}", ""))];
        Assert.Equal("Display.data: 65 elements, more than 64.", Refused(Frame(35L, 1L, Pairs(bundle))));
    }

    [Fact]
    public void A_million_nested_arrays_are_refused_where_a_value_was_due()
    {
        byte[] body = new byte[1_000_000];
        Array.Fill(body, (byte)0x91);
        Assert.Equal("Frame (type): an integer expected, not Array.", Refused(body));
        (body[0], body[1], body[2]) = (0x93, 35, 1);
        Assert.Equal("Display.data: a map expected, not Array.", Refused(body));
    }

    private static Gen<object?> Tree { get; } = Gen.Sized(TreeOfSize);

    private static Gen<object?> TreeOfSize(int size)
    {
        Gen<object?> leaf = Gen.OneOf(
            Gen.Constant<object?>(null),
            Gen.Elements<object?>(true, false),
            Gen.Choose(-2, 50).Select(n => (object?)(long)n),
            Gen.Elements<object?>(long.MinValue, long.MaxValue, ulong.MaxValue, 0.5, double.NaN),
            Gen.Elements<object?>("", "text/plain", "\0", "é"),
            Gen.Constant<object?>(new byte[] { 1, 2, 3 }));
        if (size <= 1)
        {
            return leaf;
        }

        Gen<object?> inner = TreeOfSize(size / 3);
        return Gen.OneOf(
            leaf,
            leaf,
            inner.ArrayOf(3).Select(elements => (object?)elements),
            inner.ArrayOf(4).Select(values => (object?)Pairs(("a", "b"), ("c", "d")).Concat([new(values[0], values[1])]).ToArray()));
    }

    private static void DecodeOrRefuse(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            MessageCodec.Decode(new(body));
        }
        catch (ProtocolException e)
        {
            Assert.NotEmpty(e.Message);
        }

        // Text costs two bytes a byte, nested records and maps are few; what is left is the exception.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (128 * 1024) + (8L * body.Length));
    }

    private static int FieldsOf(IMessage message) => WireTree.Parameters(message.GetType()).Length;

    private static byte[] Mutate(byte[] bytes, int at, byte value, int how)
    {
        if (bytes.Length == 0)
        {
            return [value];
        }

        // Mostly near the front, where the structure is.
        at %= at % 4 == 0 ? bytes.Length : Math.Min(bytes.Length, 40);
        return how switch
        {
            0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], value, .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => bytes[..at],
        };
    }

    private static string Refused(byte[] body) => Assert.Throws<ProtocolException>(() => MessageCodec.Decode(new(body))).Message;

    private static byte[] Frame(params object?[] elements) => WireTree.Write(elements);

    private static KeyValuePair<object?, object?>[] Pairs(params (string Key, string Value)[] pairs)
        => [.. pairs.Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value))];
}
