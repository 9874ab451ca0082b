using System.Text.Json.Nodes;
using FsCheck.Fluent;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.Shared.Messages;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Shared.MessagePack;

/// <summary>Both directions against an implementation that is not ours; see <see cref="IndependentImplementation"/>.</summary>
public sealed class InteroperabilityTests(ITestOutputHelper output)
{
    [Fact]
    public void Values_at_which_the_encoding_changes_are_the_same_bytes_as_elsewhere()
    {
        object?[] values = [null, true, false, .. Integers(), .. Floats(), .. Texts(), .. Binaries(), .. Arrays(), .. Maps()];
        AssertSameBothWays(values);
    }

    [Fact]
    public void Random_values_are_the_same_bytes_as_elsewhere()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        AssertSameBothWays([.. Enumerable.Range(0, 2000).Select(_ => Value(random, depth: 4))]);
    }

    [Fact]
    public void What_we_send_is_read_elsewhere_field_by_field()
    {
        IMessage[] messages = Messages();
        IReadOnlyList<JsonNode?> read = IndependentImplementation.UnpackAll(messages.Select(RoundTripTests.Encode));
        Assert.Equal(messages.Length, read.Count);
        Assert.All(messages.Zip(read), pair => Assert.True(JsonNode.DeepEquals(WireTree.Json(WireTree.Of(pair.First)), pair.Second), $"{pair.First}"));
    }

    [Fact]
    public void What_is_written_elsewhere_is_read_by_us_field_by_field()
    {
        IMessage[] messages = Messages();
        IReadOnlyList<byte[]> packed = IndependentImplementation.PackAll(messages.Select(message => WireTree.Json(WireTree.Of(message))));
        Assert.Equal(messages.Length, packed.Count);
        Assert.All(messages.Zip(packed), pair => RoundTripTests.AssertSame(WireTree.Of(pair.First), WireTree.Of(MessageCodec.Decode(new(pair.Second)))));
    }

    private static IMessage[] Messages() => [.. MessageGenerator.ByType.Values.SelectMany(messages => Gen.Sample(messages, 30, 30))];

    private static void AssertSameBothWays(object?[] values)
    {
        JsonNode?[] json = [.. values.Select(WireTree.Json)];
        byte[][] ours = [.. values.Select(WireTree.Write)];
        IReadOnlyList<byte[]> theirs = IndependentImplementation.PackAll(json);
        IReadOnlyList<JsonNode?> theyRead = IndependentImplementation.UnpackAll(ours);
        Assert.Equal((values.Length, values.Length), (theirs.Count, theyRead.Count));
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(ours[i].AsSpan().SequenceEqual(theirs[i]), $"{Shown(json[i])} is {Hex(ours[i])} here and {Hex(theirs[i])} there.");
            Assert.True(JsonNode.DeepEquals(json[i], theyRead[i]), $"{Shown(json[i])} is read there as {Shown(theyRead[i])}.");
            Assert.True(JsonNode.DeepEquals(json[i], WireTree.Json(WireTree.Read(theirs[i]))), $"{Shown(json[i])} is not read here.");
        }
    }

    private static IEnumerable<object?> Integers()
    {
        for (int bits = 0; bits < 64; bits++)
        {
            foreach (int offset in (int[])[-2, -1, 0, 1])
            {
                Int128 n = (Int128.One << bits) + offset;
                yield return n <= long.MaxValue ? (object)(long)n : (ulong)n;
                yield return -n >= long.MinValue ? (long)-n : long.MinValue;
            }
        }

        yield return ulong.MaxValue;
        yield return -32L;
        yield return -33L;
    }

    private static IEnumerable<object?> Floats()
        => [0.0, -0.0, 0.1, -1.5, double.MinValue, double.MaxValue, double.Epsilon, double.NaN, double.NegativeInfinity, double.PositiveInfinity];

    private static IEnumerable<object?> Texts()
        => from character in (string[])["x", "é", "€", "\U0001F600", "\0"]
           from count in (int[])[0, 1, 7, 8, 10, 11, 15, 16, 31, 32, 63, 64, 85, 86, 127, 128, 255, 256, 21_845, 21_846, 32_767, 32_768, 65_535, 65_536, 90_000]
           select string.Concat(Enumerable.Repeat(character, count));

    private static IEnumerable<object?> Binaries() => ((int[])[0, 1, 31, 32, 255, 256, 65_535, 65_536]).Select(length => new byte[length]);

    private static IEnumerable<object?> Arrays() => ((int[])[0, 1, 15, 16, 255, 65_535, 65_536]).Select(count => new object?[count]);

    private static IEnumerable<object?> Maps()
        => ((int[])[0, 1, 15, 16, 65_535, 65_536])
            .Select(count => Enumerable.Range(0, count).Select(i => new KeyValuePair<object?, object?>((long)i, null)).ToArray());

    private static object? Value(Random random, int depth) => random.Next(depth == 0 ? 7 : 9) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        3 => (ulong)random.NextInt64() | (1UL << 63),
        4 => BitConverter.Int64BitsToDouble(random.NextInt64()) is var d && double.IsNaN(d) ? 0.5 : d,
        5 => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => new System.Text.Rune(random.Next(0xD800)).ToString())),
        6 => random.GetItems<byte>([0, 1, 0x7f, 0x80, 0xc1, 0xff], random.Next(300)),
        7 => Enumerable.Range(0, random.Next(20)).Select(_ => Value(random, depth - 1)).ToArray(),
        _ => Enumerable.Range(0, random.Next(20)).Select(i => new KeyValuePair<object?, object?>($"key {i}", Value(random, depth - 1))).ToArray(),
    };

    private static string Shown(JsonNode? node) => node?.ToJsonString() is { } json ? json[..Math.Min(json.Length, 60)] : "null";

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, 30)));
}
