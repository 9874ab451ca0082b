using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Tests.Shared.Messages;

/// <summary>Makes what failed a property smaller, so that the report shows what matters of it.</summary>
internal static class Shrinker
{
    /// <summary>The same bytes without a part, halves first, and with bytes that are zero.</summary>
    public static IEnumerable<byte[]> Bytes(byte[] bytes)
    {
        for (int part = bytes.Length; part > 0; part /= 2)
        {
            for (int at = 0; at + part <= bytes.Length; at += part)
            {
                yield return [.. bytes[..at], .. bytes[(at + part)..]];
            }
        }

        for (int at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != 0)
            {
                byte[] copy = [.. bytes];
                copy[at] = 0;
                yield return copy;
            }
        }
    }

    /// <summary>The same message with one field that is smaller, as far as that can be sent.</summary>
    public static IEnumerable<IMessage> Message(IMessage message)
    {
        var constructor = message.GetType().GetConstructors()[0];
        object?[] fields = [.. constructor.GetParameters().Select(parameter => message.GetType().GetProperty(parameter.Name!)!.GetValue(message))];
        for (int field = 0; field < fields.Length; field++)
        {
            if (Smaller(fields[field]) is { } smaller && !smaller.Equals(fields[field]))
            {
                object?[] changed = [.. fields];
                changed[field] = smaller;
                var candidate = (IMessage)constructor.Invoke(changed);
                if (CanBeSent(candidate))
                {
                    yield return candidate;
                }
            }
        }
    }

    private static object? Smaller(object? field) => field switch
    {
        string text => text[..(text.Length / 2)],
        int number => number / 2,
        uint number => number / 2,
        long number => number / 2,
        ulong number => number / 2,
        IReadOnlyList<string> list when list.Count > 0 => list.Take(list.Count / 2).ToArray(),
        IReadOnlyList<EngineInfo> list when list.Count > 0 => list.Take(list.Count / 2).ToArray(),
        IReadOnlyDictionary<string, string> map when map.Count > 0 => map.Take(map.Count / 2).ToDictionary(),
        // Records with a dictionary are never equal, so what is as small as can be is not given again.
        RunValue value when value.Text.Length + value.Data.Count > 0 => value with { Text = "", Data = new Dictionary<string, string>() },
        RunError error => error with { Message = "", Traceback = "" },
        _ => null,
    };

    private static bool CanBeSent(IMessage message)
    {
        try
        {
            MessageCodec.Decode(new(RoundTripTests.Encode(message)));
            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }
}
