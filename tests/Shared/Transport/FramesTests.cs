using System.Buffers.Binary;
using System.IO.Pipes;
using FsCheck;
using FsCheck.Fluent;
using MessagePack;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.Shared.Messages;
using ProcInterrupt.Transport;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Transport;

public sealed class FramesTests
{
    private const int RetainedBytes = 80 * 1024;

    [Fact]
    public void What_is_written_is_read_in_order_and_then_comes_the_end()
    {
        Prop.ForAll(Arb.From(MessageGenerator.Any.ListOf(20)), Arb.From(Gen.Choose(1, 100_000)), (sent, piece) =>
        {
            var reader = new MessageReader(new DripStream(Frames(sent), piece));
            foreach (IMessage message in sent)
            {
                RoundTripTests.AssertSame(WireTree.Of(message), WireTree.Of(reader.Read()!));
            }

            Assert.Null(reader.Read());
            Assert.Null(reader.Read());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void A_frame_is_one_write_with_its_length_in_front()
    {
        using var pipe = new CountingStream();
        new MessageWriter(pipe).Write(new ResetMessage(1, null));
        Assert.Equal([4, 0, 0, 0, 0x93, 7, 1, 0xc0], pipe.ToArray());
        Assert.Equal(1, pipe.Writes);
    }

    [Theory]
    [InlineData(0u, "A frame of 0 bytes holds no message.")]
    [InlineData(uint.MaxValue, "A frame of 4294967295 bytes is larger than the 16777216 that it may have.")]
    [InlineData(0x8000_0000u, "A frame of 2147483648 bytes is larger than the 16777216 that it may have.")]
    [InlineData((16u * 1024 * 1024) + 1, "A frame of 16777217 bytes is larger than the 16777216 that it may have.")]
    public void A_length_that_cannot_be_is_refused_before_anything_is_allocated(uint length, string expected)
    {
        byte[] bytes = new byte[100];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        var reader = new MessageReader(new MemoryStream(bytes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ProtocolException e = Assert.Throws<ProtocolException>(reader.Read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.Equal(expected, e.Message);
    }

    [Fact]
    public void A_claimed_length_costs_no_memory_until_the_bytes_come()
    {
        byte[] bytes = new byte[100_000];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ProtocolConstants.DefaultMaxFrameBytes);
        var reader = new MessageReader(new MemoryStream(bytes));
        ProtocolException e = Assert.Throws<ProtocolException>(reader.Read);
        Assert.Equal("The pipe ended after 100000 bytes of a frame of 16777220.", e.Message);
        Assert.InRange(reader.BufferBytes, 100_000, 2 * RetainedBytes);
    }

    [Fact]
    public void A_stream_cut_anywhere_gives_the_whole_frames_and_then_says_so()
    {
        IMessage[] sent = [new RunStartedMessage(1, 2), new OutputMessage(1, OutputStream.Stdout, "text"), new ShutdownMessage()];
        byte[] bytes = Frames(sent);
        int[] ends = [.. sent.Select((_, i) => Frames(sent.Take(i + 1)).Length)];
        for (int length = 0; length < bytes.Length; length++)
        {
            var reader = new MessageReader(new MemoryStream(bytes, 0, length));
            int whole = ends.Count(end => end <= length);
            for (int i = 0; i < whole; i++)
            {
                Assert.Equal(sent[i], reader.Read());
            }

            if (length == 0 || ends.Contains(length))
            {
                Assert.Null(reader.Read());
            }
            else
            {
                Assert.StartsWith("The pipe ended after ", Assert.Throws<ProtocolException>(reader.Read).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Random_bytes_end_in_a_refusal_or_the_end()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Arb.From(Gen.Choose(1, 64)), (bytes, piece) =>
        {
            var reader = new MessageReader(new DripStream(bytes, piece), maxFrameBytes: 1000);
            try
            {
                while (reader.Read() is not null)
                {
                }
            }
            catch (ProtocolException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void A_message_of_exactly_the_limit_passes_and_one_byte_more_is_not_written()
    {
        const int Limit = 10_000;
        string longest = new('x', Limit - 7);
        using var pipe = new CountingStream();
        var writer = new MessageWriter(pipe, Limit);
        writer.Write(new OutputMessage(1, OutputStream.Stdout, longest));
        Assert.Equal(Limit + 4, pipe.Length);

        ProtocolException e = Assert.Throws<ProtocolException>(() => writer.Write(new OutputMessage(1, OutputStream.Stdout, longest + "x")));
        Assert.Equal("The message is larger than the 10000 bytes that a frame may have.", e.Message);
        Assert.Throws<ProtocolException>(() => writer.Write(new OutputMessage(1, OutputStream.Stdout, new string('x', 10_000_000))));
        Assert.Equal(Limit + 4, pipe.Length);
        writer.Write(new ShutdownMessage());

        pipe.Position = 0;
        var reader = new MessageReader(pipe, Limit);
        Assert.Equal(longest, ((OutputMessage)reader.Read()!).Text);
        Assert.Equal(new ShutdownMessage(), reader.Read());
        pipe.Position = 0;
        Assert.Throws<ProtocolException>(new MessageReader(pipe, Limit - 1).Read);
    }

    [Fact]
    public void A_message_that_cannot_be_encoded_is_not_written_and_the_next_one_is()
    {
        using var pipe = new CountingStream();
        var writer = new MessageWriter(pipe);
        ProtocolException e = Assert.Throws<ProtocolException>(() => writer.Write(new UnencodableMessage()));
        Assert.Equal("The message cannot be encoded. Too many bytes. (Parameter 'writer')", e.Message);
        Assert.Equal(0, pipe.Length);
        writer.Write(new ShutdownMessage());
        Assert.Equal([2, 0, 0, 0, 0x91, 8], pipe.ToArray());
    }

    [Fact]
    public void Text_that_just_fits_is_sent_whatever_its_characters_take()
    {
        foreach (string character in (string[])["x", "é", "€", "\U0001F600"])
        {
            string text = string.Concat(Enumerable.Repeat(character, 16_000_000 / System.Text.Encoding.UTF8.GetByteCount(character)));
            IMessage back = new MessageReader(new MemoryStream(Frames([new OutputMessage(1, OutputStream.Stdout, text)]))).Read()!;
            Assert.True(text == ((OutputMessage)back).Text, character);
        }
    }

    [Fact]
    public void The_memory_of_a_large_frame_is_given_back()
    {
        var large = new OutputMessage(1, OutputStream.Stdout, new string('x', 10_000_000));
        var reader = new MessageReader(new MemoryStream(Frames([large, large, new ShutdownMessage()])));
        for (int i = 0; i < 2; i++)
        {
            reader.Read();
            Assert.Equal(RetainedBytes, reader.BufferBytes);
        }

        Assert.Equal(new ShutdownMessage(), reader.Read());
    }

    [Fact]
    public void Small_messages_cost_no_memory_to_send_and_only_themselves_to_receive()
    {
        const int Count = 1000;
        using var pipe = new MemoryStream(new byte[1024 * 1024]);
        var writer = new MessageWriter(pipe);
        var message = new InterruptTakenMessage(7, 0x0000_0007_0000_0002, 123_456_789_000);
        Assert.Equal(0, LeastAllocated(Count, () => writer.Write(message)));

        pipe.Position = 0;
        var reader = new MessageReader(pipe);

        // The record: a header of two words, a uint, a ulong and a long.
        Assert.Equal(Count * 40, LeastAllocated(Count, () => reader.Read()));
    }

    /// <summary>In bytes, by this thread: the runtime allocates on it too, once in a while, for what it compiles anew; a message's own cost is in every round.</summary>
    private static long LeastAllocated(int count, Action action)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    [Fact]
    public async Task Through_a_named_pipe_and_a_peer_that_goes_with_something_unread_is_the_end()
    {
        string name = Path.Combine(Path.GetTempPath(), $"pi-{Guid.NewGuid():N}");
        await using var server = new NamedPipeServerStream(name, PipeDirection.InOut, 1);
        await using var client = new NamedPipeClientStream(".", name, PipeDirection.InOut);
        Task connected = server.WaitForConnectionAsync();
        await client.ConnectAsync(10_000);
        await connected;

        var fromServer = new MessageWriter(server);
        fromServer.Write(new RunCodeMessage(1, "csharp", "1", null, 0, 1));
        fromServer.Write(new ShutdownMessage());
        Assert.Equal(new RunCodeMessage(1, "csharp", "1", null, 0, 1), new MessageReader(client).Read());
        new MessageWriter(client).Write(new RunStartedMessage(1, 1));
        fromServer.Write(new ShutdownMessage());
        await client.DisposeAsync();

        var reader = new MessageReader(server);
        Assert.Equal(new RunStartedMessage(1, 1), reader.Read());
        Assert.Null(reader.Read());
        Assert.Throws<IOException>(() => fromServer.Write(new ShutdownMessage()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_limit_that_cannot_be_is_refused(int limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageReader(Stream.Null, limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageWriter(Stream.Null, limit));
    }

    private static byte[] Frames(IEnumerable<IMessage> messages)
    {
        using var pipe = new MemoryStream();
        var writer = new MessageWriter(pipe);
        foreach (IMessage message in messages)
        {
            writer.Write(message);
        }

        return pipe.ToArray();
    }

    /// <summary>Fails as the encoder does for text of more than 2 GiB, with something written already.</summary>
    private sealed class UnencodableMessage : IMessage
    {
        public void Write(ref MessagePackWriter writer)
        {
            writer.Write("begun");
            writer.Flush();
            throw new ArgumentException("Too many bytes.", nameof(writer));
        }
    }

    /// <summary>Gives at most so many bytes a read, as a pipe may.</summary>
    private sealed class DripStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }
}
