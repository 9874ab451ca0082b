using System.Globalization;

namespace ProcInterrupt.Tests.Soak;

/// <summary>The command <c>soak</c> of this program; <c>test.sh soak</c> calls it.</summary>
internal static class SoakCommand
{
    private const string Usage = "usage: soak INTERRUPTS | --seconds N  [--seed N] [--workers N] [--wide PERCENT] [--deaths REQUESTS] [--interval REQUESTS]";

    /// <returns>0 when all was as promised, 1 when not, 2 for a bad command line.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (Parse(arguments) is not { } options)
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        using var runner = new SoakRunner(options, TextWriter.Synchronized(output));
        return await runner.RunAsync() ? 0 : 1;
    }

    private static SoakOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new SoakOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var name = arguments[index].StartsWith("--", StringComparison.Ordinal) ? arguments[index++] : "";
            if (index >= arguments.Count || !int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            options = name switch
            {
                "" => options with { Interrupts = value },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(value) },
                "--seed" => options with { Seed = value },
                "--workers" when value > 0 => options with { Workers = value },
                "--wide" when value <= 100 => options with { WidePercent = value },
                "--deaths" when value > 0 => options with { RequestsToDeath = value },
                "--interval" when value > 0 => options with { Interval = value },
                _ => null,
            };
            if (options is null)
            {
                return null;
            }
        }

        return options.Interrupts is null && options.Duration is null ? null : options;
    }
}
