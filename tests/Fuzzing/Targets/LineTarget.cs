using System.Text;
using ProcInterrupt.Cli.Session;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>What a client of <c>procinterrupt session</c> sends: lines, and the JSON in them.</summary>
internal sealed class LineTarget : IFuzzTarget
{
    private const int MaxLine = 1000;

    private static readonly string[] Lines =
    [
        """{"op":"run","run":7,"engine":"python","code":"print('ü')\n","deadlineMs":1000}""",
        """{"op":"interrupt","run":7,"signal":2,"id":"x"}""",
        """{"op":"stop","run":9223372036854775807,"id":12}""",
        """{"op":"input","run":1,"text":null}""",
        """{"op":"input","run":1,"text":"\ud83d\ude00"}""",
        """{"op":"reset","engine":"csharp"}""",
        """{"op":"shutdown"}""",
    ];

    public string Name => "session line";

    public int Share => 60;

    public long AllowedBytes(int length) => (512 * 1024) + (64L * length);

    public byte[] Valid(Random random) =>
        Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Lines[random.Next(Lines.Length)])));

    public string Feed(byte[] input)
    {
        var reader = new LineReader(new MemoryStream(input), MaxLine);
        var last = "";
        while (reader.TryRead(out var line))
        {
            if (line is null)
            {
                last = "too long";
            }
            else if (SessionLineParser.TryParse(line, out var request, out var problem))
            {
                last = request.GetType().Name;
            }
            else
            {
                // Parts of the line are repeated in it.
                last = problem.Length == 0 ? throw new InvalidOperationException("No problem is named.") : problem[..Math.Min(problem.Length, 60)];
            }
        }

        return last;
    }
}
