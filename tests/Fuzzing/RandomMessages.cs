using System.Buffers;
using System.Reflection;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>Valid messages of every kind, made from their constructors, so that a new kind is fuzzed without being named here.</summary>
internal static class RandomMessages
{
    private static readonly ConstructorInfo[] Constructors =
    [
        .. typeof(IMessage).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IMessage)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => type.GetConstructors()[0]),
    ];

    private static readonly string[] Texts = ["", "x", "csharp", "\0", "é€", "\U0001F600", "text/plain", "  ", new('y', 300)];

    private static readonly long[] Numbers = [0, 1, 1, 1, 2, 3, 31, 32, 127, 128, 255, 256, 65_535, 65_536, int.MaxValue, uint.MaxValue, long.MaxValue];

    /// <summary>The body of a frame that holds a message of any kind.</summary>
    public static byte[] Body(Random random)
    {
        while (true)
        {
            var constructor = Constructors[random.Next(Constructors.Length)];
            var message = (IMessage)constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, random))]);
            var buffer = new ArrayBufferWriter<byte>();
            try
            {
                MessageCodec.Encode(message, buffer);
                MessageCodec.Decode(new(buffer.WrittenMemory));
                return buffer.WrittenSpan.ToArray();
            }
            catch (ProtocolException)
            {
                // Not every combination is allowed; the next one may be.
            }
        }
    }

    private static object? Value(Type type, Random random)
    {
        if (type == typeof(string))
        {
            return Texts[random.Next(Texts.Length)];
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValuesAsUnderlyingType(type);
            return Enum.ToObject(type, values.GetValue(random.Next(values.Length))!);
        }

        var number = Numbers[random.Next(Numbers.Length)];
        return Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
        {
            TypeCode.Boolean => number % 2 == 0,
            TypeCode.Int32 => (int)Math.Min(number, int.MaxValue),
            TypeCode.UInt32 => (uint)Math.Min(number, uint.MaxValue),
            TypeCode.Int64 => number,
            TypeCode.UInt64 => (ulong)number,
            TypeCode.Double => random.NextDouble(),
            _ => Structure(type, random),
        };
    }

    private static object? Structure(Type type, Random random)
    {
        var text = Texts[random.Next(Texts.Length)];
        if (type == typeof(IReadOnlyDictionary<string, string>))
        {
            return new Dictionary<string, string> { ["text/plain"] = text, [$"x/{random.Next(9)}"] = "" };
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            return new[] { text, "b" };
        }

        if (type == typeof(IReadOnlyList<EngineInfo>))
        {
            return new[] { new EngineInfo("csharp", text, null), new EngineInfo("python", "", text) };
        }

        if (type == typeof(RunValue))
        {
            object?[] typed = [null, true, 1L, 0.5, text, new byte[] { 1, 2 }];
            return random.Next(2) == 0 ? null : new RunValue(text, new Dictionary<string, string> { ["a"] = text }, typed[random.Next(typed.Length)]);
        }

        if (type == typeof(RunError))
        {
            return random.Next(2) == 0 ? null : new RunError("E", text, "at x");
        }

        // Fields of other kinds are left out where they may be; the encoder refuses where they may not.
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}
