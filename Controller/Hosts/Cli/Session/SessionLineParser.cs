using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace ProcInterrupt.Cli.Session;

/// <summary>Reads a session's lines. Each refusal says what was wrong and what to send instead.</summary>
/// <remarks>Fields that an op does not know are ignored, so that a newer client can talk to an older command.</remarks>
internal static class SessionLineParser
{
    private const string KnownOps = "run, interrupt, stop, diagnose, input, reset, shutdown";

    private static ReadOnlySpan<byte> ByteOrderMark => "\ufeff"u8;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <param name="line">UTF-8 without the line's end.</param>
    /// <param name="request">What the line asks for.</param>
    /// <param name="problem">Why it is refused.</param>
    /// <returns>Whether the line can be acted upon.</returns>
    public static bool TryParse(
        ReadOnlyMemory<byte> line,
        [NotNullWhen(true)] out SessionRequest? request,
        [NotNullWhen(false)] out string? problem)
    {
        try
        {
            if (!Utf8.IsValid(line.Span))
            {
                throw new LineException("The line is not UTF-8.");
            }

            using var document = Parse(line.Span.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line);
            request = Read(document.RootElement);
            problem = null;
            return true;
        }
        catch (JsonException invalid)
        {
            problem = $"The line is not one JSON object: {invalid.Message}";
        }
        catch (LineException refused)
        {
            problem = refused.Message;
        }

        request = null;
        return false;
    }

    /// <summary>Whether a name comes twice cannot be told when it is no text.</summary>
    private static JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line, Options);
        }
        catch (InvalidOperationException)
        {
            throw new LineException("A name in the line holds half of a surrogate pair, which is no text.");
        }
    }

    private static SessionRequest Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new LineException($"The line is {Describe(line)}; send one JSON object a line, such as {{\"op\":\"run\",...}}.");
        }

        if (!line.TryGetProperty("op", out var op))
        {
            throw new LineException($"\"op\" is missing; it is one of {KnownOps}.");
        }

        return (op.ValueKind == JsonValueKind.String ? Text(op, "op") : null) switch
        {
            "run" => new RunLine(Run(line), RequiredText(line, "engine"), RequiredText(line, "code"), Deadline(line)),
            "interrupt" => new InterruptLine(Run(line), SignalOf(line), Id(line)),
            "stop" => new StopLine(Run(line), Id(line)),
            "diagnose" => new DiagnoseLine(Run(line), Id(line)),
            "input" => new InputLine(Run(line), InputText(line)),
            "reset" => new ResetLine(Find(line, "engine") is { } engine ? RequireText(engine, "engine") : null),
            "shutdown" => new ShutdownLine(),
            _ => throw new LineException($"The op {op.GetRawText()} is not known; it is one of {KnownOps}."),
        };
    }

    private static long Run(JsonElement line)
    {
        if (Find(line, "run") is not { } run)
        {
            throw new LineException("\"run\" is missing; give the run's number, a positive integer of your choice.");
        }

        if (run.ValueKind != JsonValueKind.Number || !run.TryGetInt64(out var number) || number <= 0)
        {
            throw new LineException($"\"run\" is {Describe(run)}; it is a positive integer.");
        }

        return number;
    }

    private static TimeSpan? Deadline(JsonElement line)
    {
        if (Find(line, "deadlineMs") is not { } deadline)
        {
            return null;
        }

        if (deadline.ValueKind != JsonValueKind.Number || !deadline.TryGetInt32(out var millis) || millis <= 0)
        {
            throw new LineException(
                $"\"deadlineMs\" is {Describe(deadline)}; it is a whole number of milliseconds, 1 to {int.MaxValue}, or left out.");
        }

        return TimeSpan.FromMilliseconds(millis);
    }

    private static Signal SignalOf(JsonElement line)
    {
        if (Find(line, "signal") is not { } signal)
        {
            return Signal.Interrupt;
        }

        if (signal.ValueKind != JsonValueKind.Number || !signal.TryGetInt32(out var number) || number is < 1 or > (int)Signal.Max)
        {
            throw new LineException($"\"signal\" is {Describe(signal)}; it is an integer from 1 to {(int)Signal.Max}, and 2 if left out.");
        }

        return (Signal)number;
    }

    private static JsonElement? Id(JsonElement line)
    {
        if (Find(line, "id") is not { } id)
        {
            return null;
        }

        if (id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            throw new LineException($"\"id\" is {Describe(id)}; it is a string or a number, or left out.");
        }

        if (id.ValueKind == JsonValueKind.String)
        {
            // Refuses what could not be written back.
            Text(id, "id");
        }

        return id.Clone();
    }

    private static string? InputText(JsonElement line)
    {
        if (!line.TryGetProperty("text", out var text))
        {
            throw new LineException("\"text\" is missing; it is a string, or null for the end of input.");
        }

        return text.ValueKind == JsonValueKind.Null ? null : RequireText(text, "text");
    }

    private static string RequiredText(JsonElement line, string name) =>
        RequireText(Find(line, name) ?? throw new LineException($"\"{name}\" is missing; it is a string."), name);

    private static string RequireText(JsonElement value, string name) => value.ValueKind == JsonValueKind.String
        ? Text(value, name)
        : throw new LineException($"\"{name}\" is {Describe(value)}; it is a string.");

    private static string Text(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new LineException($"\"{name}\" holds half of a surrogate pair, which is no text.");
        }
    }

    /// <summary>A field that may be left out; null counts as left out.</summary>
    private static JsonElement? Find(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => value.GetRawText() is { Length: <= 40 } raw ? raw : "a number with too many digits",
    };
}
