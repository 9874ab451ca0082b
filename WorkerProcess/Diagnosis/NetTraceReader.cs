using System.Buffers.Binary;
using System.Text;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>Reads the samples of the runtime's sample profiler out of a trace in the NetTrace format, version 4.</summary>
/// <remarks>
/// The format is documented in the repository of Microsoft's PerfView (NetTraceFormat.md). The trace holds nothing but samples and
/// what the runtime says of the process: a sample is an event with four bytes and a stack.
/// </remarks>
internal ref struct NetTraceReader
{
    private const byte BeginObject = 5;
    private const byte NullReference = 1;
    private const int TraceFieldBytes = 48;
    private const int SamplePayloadBytes = 4;

    private readonly ReadOnlySpan<byte> trace;
    private readonly Dictionary<long, ThreadSample> samples = [];
    private readonly Dictionary<uint, nint[]> stacks = [];
    private int at;

    private NetTraceReader(ReadOnlySpan<byte> trace) => this.trace = trace;

    /// <returns>The last sample of each thread, by the kernel's id of it.</returns>
    /// <exception cref="InvalidDataException">It is no such trace.</exception>
    public static IReadOnlyDictionary<long, ThreadSample> Read(ReadOnlySpan<byte> trace)
    {
        var reader = new NetTraceReader(trace);
        try
        {
            reader.ReadAll();
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The trace ends within an object.", exception);
        }

        return reader.samples;
    }

    private void ReadAll()
    {
        if (!trace.StartsWith("Nettrace"u8))
        {
            throw new InvalidDataException("No NetTrace.");
        }

        at = 8;
        at += sizeof(int) + Int32();
        while (at < trace.Length && trace[at] == BeginObject)
        {
            // The object's tag, its type's tag and the type's own null, the version and the least version of a reader.
            at += 3 + (2 * sizeof(int));
            var length = Int32();
            var type = Encoding.UTF8.GetString(trace.Slice(at + sizeof(int), length));
            at += sizeof(int) + length + 1;
            if (type == "Trace")
            {
                at += TraceFieldBytes;
            }
            else
            {
                var size = Int32();
                at = (at + sizeof(int) + 3) & ~3;
                ReadBlock(type, trace.Slice(at, size));
                at += size;
            }

            at++;
        }

        if (at < trace.Length && trace[at] != NullReference)
        {
            throw new InvalidDataException($"An object of the trace begins with {trace[at]}.");
        }
    }

    private readonly int Int32() => BinaryPrimitives.ReadInt32LittleEndian(trace[at..]);

    private readonly void ReadBlock(string type, ReadOnlySpan<byte> block)
    {
        switch (type)
        {
            case "StackBlock":
                ReadStacks(block);
                break;
            case "EventBlock":
                ReadEvents(block);
                break;
            default:
                break;
        }
    }

    private readonly void ReadStacks(ReadOnlySpan<byte> block)
    {
        var id = BinaryPrimitives.ReadUInt32LittleEndian(block);
        var count = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
        block = block[8..];
        for (var index = 0; index < count; index++, id++)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(block);
            var stack = new nint[size / sizeof(long)];
            for (var frame = 0; frame < stack.Length; frame++)
            {
                stack[frame] = (nint)BinaryPrimitives.ReadInt64LittleEndian(block[(sizeof(int) + (frame * sizeof(long)))..]);
            }

            stacks[id] = stack;
            block = block[(sizeof(int) + size)..];
        }
    }

    /// <summary>Events have compressed headers: a field that is left out is as in the event before.</summary>
    private readonly void ReadEvents(ReadOnlySpan<byte> block)
    {
        const ushort compressed = 1;
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(block);
        if ((BinaryPrimitives.ReadUInt16LittleEndian(block[2..]) & compressed) == 0)
        {
            throw new InvalidDataException("The trace's events are not compressed.");
        }

        var rest = block[headerBytes..];
        var thread = 0UL;
        var stack = 0UL;
        var payload = 0UL;
        while (rest.Length > 0)
        {
            var flags = rest[0];
            rest = rest[1..];
            Skip(ref rest, (flags & 1) != 0 ? 1 : 0);
            Skip(ref rest, (flags & 2) != 0 ? 3 : 0);
            thread = (flags & 4) != 0 ? Number(ref rest) : thread;
            stack = (flags & 8) != 0 ? Number(ref rest) : stack;
            Skip(ref rest, 1);
            rest = rest[((flags & 16) != 0 ? 16 : 0)..];
            rest = rest[((flags & 32) != 0 ? 16 : 0)..];
            payload = (flags & 128) != 0 ? Number(ref rest) : payload;
            if (payload == SamplePayloadBytes && stacks.TryGetValue((uint)stack, out var frames))
            {
                const int managed = 2;
                samples[(long)thread] = new ThreadSample(frames, BinaryPrimitives.ReadInt32LittleEndian(rest) == managed);
            }

            rest = rest[(int)payload..];
        }
    }

    private static void Skip(ref ReadOnlySpan<byte> rest, int numbers)
    {
        for (var index = 0; index < numbers; index++)
        {
            Number(ref rest);
        }
    }

    private static ulong Number(ref ReadOnlySpan<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = rest[0];
            rest = rest[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
