using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ProcInterrupt.Cli;

/// <summary>Durations as they are typed: <c>250ms</c>, <c>5s</c>, <c>1.5s</c>, <c>1m</c>, <c>2h</c>.</summary>
/// <remarks>A number alone is refused: whether it means seconds or milliseconds is a guess, and a wrong one ends somebody's run.</remarks>
internal static class Duration
{
    /// <summary>A deadline is kept in timers that count milliseconds in 32 bits.</summary>
    private static readonly TimeSpan Maximum = TimeSpan.FromDays(24);

    /// <summary>Reads one duration, above 0 and up to 24 days.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="duration">The duration; zero when it is refused.</param>
    /// <param name="problem">What is wrong and what to type instead, or <see langword="null"/>.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        long? unit = text[digits.Length..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => null,
        };
        if (unit is null
            || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            problem = $"'{text}' is not a duration; write a number and a unit, such as 250ms, 5s, 1.5s, 1m or 2h.";
            return false;
        }

        if (number > Maximum.Ticks / unit)
        {
            problem = $"'{text}' is too long; the longest duration is 576h.";
            return false;
        }

        duration = TimeSpan.FromTicks((long)(number * unit.Value));
        if (duration < TimeSpan.FromMicroseconds(1))
        {
            duration = default;
            problem = $"'{text}' is too short; a duration is more than zero.";
            return false;
        }

        problem = null;
        return true;
    }
}
