using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.Shared.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Shared;

/// <summary>PROTOCOL.md says what the code does.</summary>
public sealed partial class ProtocolDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(FindDocument());

    [Fact]
    public void Each_message_has_its_heading_with_its_number()
    {
        IEnumerable<string> headings = Lines.Select(line => MessageHeading().Match(line)).Where(match => match.Success).Select(match => match.Value);
        Assert.Equal(Enum.GetValues<MessageType>().Select(type => $"### {(int)type} {type}"), headings);
    }

    [Fact]
    public void Each_message_lists_its_fields_in_order_with_their_types()
    {
        foreach (MessageType type in Enum.GetValues<MessageType>())
        {
            Type record = typeof(IMessage).Assembly.GetType($"ProcInterrupt.Messages.{type}Message", throwOnError: true)!;
            IEnumerable<string> expected = WireTree.Parameters(record).Select(parameter => $"{Camel(parameter.Name!)} {TypeName(parameter)}");
            IEnumerable<string> actual = Rows($"### {(int)type} {type}").Select(row => $"{row[0]} {row[1]}");
            Assert.True(expected.SequenceEqual(actual), $"{type}: {string.Join(", ", actual)} in place of {string.Join(", ", expected)}");
        }
    }

    [Fact]
    public void Each_enumeration_lists_its_numbers_and_names()
    {
        string[][] rows = Rows("## Enumerations");
        Type[] enumerations = [typeof(CodeStatus), typeof(OutputStream), typeof(HandledBy), typeof(RunOutcome), typeof(InterruptReason), typeof(InterruptRung), typeof(RunActivity), typeof(WorkerState)];
        IEnumerable<string> expected =
            from type in enumerations
            from object value in Enum.GetValues(type)
            select $"{type.Name} {Convert.ToInt32(value)} {value}";
        Assert.Equal(expected, rows.Select(row => $"{row[0]} {row[1]} {row[2]}"));
    }

    [Fact]
    public void The_map_is_laid_out_as_the_table_says()
    {
        IEnumerable<string> expected = typeof(InterruptMapLayout).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(int) && field.Name != nameof(InterruptMapLayout.Size))
            .Select(field => (Offset: (int)field.GetRawConstantValue()!, field.Name))
            .OrderBy(field => field.Offset)
            .Select(field => $"{field.Offset} {Camel(field.Name)}");
        string[][] rows = Rows("## The interrupt map");
        Assert.Equal(expected, rows.Select(row => $"{row[0]} {row[2]}"));

        int end = 0;
        foreach (string[] row in rows)
        {
            int offset = Number(row[0]);
            int size = Number(row[1]);
            Assert.True(offset >= end && offset % size == 0, $"{row[2]} overlaps or is not aligned.");
            end = offset + size;
        }

        Assert.InRange(end, 1, InterruptMapLayout.Size);
        Assert.Equal(InterruptMapLayout.Size, Number(rows[^1][4]));
        Assert.Equal(InterruptMapLayout.VersionValue, (uint)Number(rows[^2][4]));
        Assert.Equal("PROCINTR"u8.ToArray(), BitConverter.GetBytes(InterruptMapLayout.MagicValue));
    }

    [Fact]
    public void The_word_is_laid_out_as_the_table_says()
    {
        string[][] rows = Rows("### The word");
        Assert.Equal(["0 signal", "1 reason", "2 trip", "3 rung", "4-7 run"], rows.Select(row => $"{row[0]} {row[1]}"));
        var word = new InterruptWord(0x0708090A, (Signal)0x11, (InterruptReason)0x22, (InterruptRung)0x33).WithTrip;
        Assert.Equal([0x11, 0x22, 0x01, 0x33, 0x0A, 0x09, 0x08, 0x07], BitConverter.GetBytes(word.Bits));
    }

    [Fact]
    public void The_limits_are_those_of_the_code()
    {
        string[][] rows = Rows("## Limits and what is refused");
        Assert.Equal(
            $"{Grouped(ProtocolConstants.DefaultMaxFrameBytes)} bytes unless set otherwise, {Grouped(ProcInterrupt.Transport.FrameBuffer.MaxBodyBytes)} at most",
            rows[0][1]);
        Assert.Equal(ProtocolConstants.MaxEngines, Number(rows[1][1]));
        Assert.Equal(ProtocolConstants.MaxMimeTypes, Number(rows[2][1]));
        Assert.Equal(ProtocolConstants.MaxMatches, Number(rows[3][1]));
        Assert.Equal(ProtocolConstants.MaxIndent, Number(rows[4][1]));
        Assert.Equal(ProtocolConstants.MaxDiagnosisLine, Number(rows[5][1]));
        Assert.Equal(ProtocolConstants.MaxDiagnosisStack, Number(rows[6][1]));
        string text = string.Join('\n', Lines);
        Assert.Contains($"a credit of {Grouped(ProtocolConstants.InitialOutputCredit)} bytes", text, StringComparison.Ordinal);
        Assert.Contains($"Protocol version **{ProtocolConstants.Version}**", text, StringComparison.Ordinal);
    }

    /// <summary>The cells of the first table between a heading and the next one, without the head.</summary>
    private static string[][] Rows(string heading)
    {
        int start = Array.IndexOf(Lines, heading);
        Assert.True(start >= 0, $"PROTOCOL.md has no heading '{heading}'.");
        return
        [
            .. Lines.Skip(start + 1)
                .TakeWhile(line => !line.StartsWith('#'))
                .Where(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
        ];
    }

    private static string TypeName(ParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        bool nullable = type != parameter.ParameterType
            || new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable;
        string name = type switch
        {
            { IsEnum: true } => "enum",
            _ when type == typeof(uint) => "uint32",
            _ when type == typeof(int) => "int32",
            _ when type == typeof(ulong) => "uint64",
            _ when type == typeof(long) => "int64",
            _ when type == typeof(double) => "float64",
            _ when type == typeof(bool) => "bool",
            _ when type == typeof(string) => "string",
            _ when type == typeof(RunValue) => "value",
            _ when type == typeof(RunError) => "error",
            _ when type == typeof(IReadOnlyList<EngineInfo>) => "engines",
            _ when type == typeof(IReadOnlyList<string>) => "strings",
            _ when type == typeof(IReadOnlyDictionary<string, string>) => "map",
            _ => throw new InvalidOperationException($"PROTOCOL.md has no name for {type}."),
        };
        return nullable ? name + "?" : name;
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static string FindDocument()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "Shared", "PROTOCOL.md");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("Shared/PROTOCOL.md is not above the test's folder.");
    }

    [GeneratedRegex(@"^### \d+ \w+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MessageHeading();
}
