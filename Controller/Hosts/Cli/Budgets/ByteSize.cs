using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ProcInterrupt.Cli.Budgets;

/// <summary>Amounts of bytes as they are typed: <c>1048576</c>, <c>512K</c>, <c>10M</c>, <c>1.5G</c>; K, M and G are powers of 1,024.</summary>
internal static class ByteSize
{
    /// <summary>Reads one amount, 1 byte or more.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="bytes">The amount; 0 when it is refused.</param>
    /// <param name="problem">What is wrong and what to type instead, or <see langword="null"/>.</param>
    public static bool TryParse(string text, out long bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = 0;
        problem = null;
        var unit = text.Length > 0 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 } : 0;
        var digits = unit == 0 ? text : text[..^1];
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> unit)
        {
            problem = $"'{text}' is not an amount of bytes; write a number, with K, M or G behind it if it is large, such as 512M or 1.5G.";
            return false;
        }

        bytes = (long)(number * (1L << unit));
        if (bytes == 0)
        {
            problem = $"'{text}' is too little; an amount is 1 byte or more.";
        }

        return problem is null;
    }
}
