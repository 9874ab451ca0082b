using System.Buffers;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ProcInterrupt.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Messages;

public sealed class RoundTripTests
{
    public static TheoryData<int> Types => [.. Enum.GetValues<MessageType>().Select(type => (int)type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_message_comes_back_as_it_was(int type)
    {
        Prop.ForAll(Arb.From(MessageGenerator.ByType[(MessageType)type], Shrinker.Message), message =>
        {
            IMessage back = MessageCodec.Decode(new(Encode(message)));
            Assert.IsType(message.GetType(), back);
            AssertSame(WireTree.Of(message), WireTree.Of(back));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void A_frame_is_an_array_of_the_type_and_the_fields_in_their_order()
    {
        Prop.ForAll(Arb.From(MessageGenerator.Any, Shrinker.Message), message => AssertSame(WireTree.Of(message), WireTree.Read(Encode(message))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Each_type_has_one_message_and_each_message_a_type()
    {
        Type[] messages = [.. typeof(IMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IMessage)))];
        IEnumerable<MessageType> types = messages.Select(type => (MessageType)type.GetProperty("Type")!.GetValue(null)!);
        Assert.Equal(Enum.GetValues<MessageType>().Order(), types.Order());
        Assert.All(messages, type => Assert.Equal($"{type.GetProperty("Type")!.GetValue(null)}Message", type.Name));
        Assert.All(messages, type => Assert.Equal(WireTree.Parameters(type).Length, type.GetProperty("FieldCount")!.GetValue(null)));
    }

    [Fact]
    public void Lone_surrogates_are_replaced_and_nul_survives()
    {
        // Not as a theory: an attribute's metadata cannot hold a lone surrogate.
        (string Sent, string Expected)[] cases =
        [
            ("\uD800", "\uFFFD"),
            ("a\uDC00b", "a\uFFFDb"),
            ("\uDC00\uD800", "\uFFFD\uFFFD"),
            ("\U0001F600\uD83D", "\U0001F600\uFFFD"),
            ("\0a\0", "\0a\0"),
        ];
        foreach ((string sent, string expected) in cases)
        {
            var back = (OutputMessage)MessageCodec.Decode(new(Encode(new OutputMessage(1, OutputStream.Stdout, sent))));
            Assert.Equal(expected, back.Text);
        }
    }

    [Fact]
    public void Long_text_full_of_lone_surrogates_is_replaced_too()
    {
        var back = (OutputMessage)MessageCodec.Decode(new(Encode(new OutputMessage(1, OutputStream.Stdout, new string('\uD800', 100_000)))));
        Assert.Equal(new string('\uFFFD', 100_000), back.Text);
    }

    [Fact]
    public void Narrow_numbers_are_widened_and_what_the_wire_cannot_carry_is_left_out()
    {
        Assert.Equal(5L, Typed((byte)5));
        Assert.Equal(-5L, Typed((sbyte)-5));
        Assert.Equal(-300L, Typed((short)-300));
        Assert.Equal(60_000L, Typed((ushort)60_000));
        Assert.Equal(-70_000L, Typed(-70_000));
        Assert.Equal(4_000_000_000L, Typed(4_000_000_000u));
        Assert.Equal(long.MaxValue, Typed((ulong)long.MaxValue));
        Assert.Equal(0.5, Typed(0.5f));
        Assert.Null(Typed(ulong.MaxValue));
        Assert.Null(Typed(1.5m));
        Assert.Null(Typed('x'));
        Assert.Null(Typed(new object()));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-0.5, 0)]
    [InlineData(1.5, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    public void A_fraction_outside_0_to_1_is_sent_as_the_nearer_bound(double fraction, double expected)
    {
        var back = (ProgressMessage)MessageCodec.Decode(new(Encode(new ProgressMessage(1, fraction, null))));
        Assert.Equal(expected, back.Fraction);
    }

    [Fact]
    public void More_engines_or_MIME_types_than_the_other_side_accepts_are_not_sent()
    {
        EngineInfo[] engines = [.. Enumerable.Range(0, ProtocolConstants.MaxEngines + 1).Select(i => new EngineInfo($"{i}", "", null))];
        Assert.Throws<ProtocolException>(() => Encode(new HelloMessage(ProtocolConstants.Version, 1, "", "", engines, null)));
        var bundle = Enumerable.Range(0, ProtocolConstants.MaxMimeTypes + 1).ToDictionary(i => $"{i}", _ => "");
        Assert.Throws<ProtocolException>(() => Encode(new DisplayMessage(1, bundle)));
    }

    internal static byte[] Encode(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(message, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    internal static void AssertSame(object? expected, object? actual)
    {
        JsonNode? expectedJson = WireTree.Json(expected);
        JsonNode? actualJson = WireTree.Json(actual);
        if (!JsonNode.DeepEquals(expectedJson, actualJson))
        {
            Assert.Equal(expectedJson?.ToJsonString(), actualJson?.ToJsonString());
        }
    }

    private static object? Typed(object typed)
    {
        var message = new RunCompletedMessage(
            1, RunOutcome.Succeeded, InterruptReason.User, new RunValue("", new Dictionary<string, string>(), typed), null, null, 0, 0);
        return ((RunCompletedMessage)MessageCodec.Decode(new(Encode(message)))).Value!.Typed;
    }
}
