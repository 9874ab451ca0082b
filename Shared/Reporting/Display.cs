using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ProcInterrupt.Messages;
using ProcInterrupt.Reporting;

namespace ProcInterrupt;

/// <summary>For code that runs in a worker: show text, pictures and data, by MIME type.</summary>
/// <remarks>
/// What is shown keeps its place among what is printed, and waits for room as printing does. Outside a worker a text is
/// written to <see cref="Console.Out"/>, and other things are not shown. Safe from any thread.
/// </remarks>
public static class Display
{
    private const string PlainText = "text/plain";
    private const int MaxTypeChars = 255;

    /// <summary>Shows a text.</summary>
    /// <param name="text">The text; not a line, it needs no end.</param>
    /// <exception cref="ArgumentException">It is larger than a frame may be, 16 MiB.</exception>
    public static void Text(string text) => ShowOne(PlainText, text);

    /// <summary>Shows HTML.</summary>
    /// <param name="html">A fragment or a document.</param>
    /// <exception cref="ArgumentException">It is larger than a frame may be, 16 MiB.</exception>
    public static void Html(string html) => ShowOne("text/html", html);

    /// <summary>Shows a drawing.</summary>
    /// <param name="svg">An SVG document.</param>
    /// <exception cref="ArgumentException">It is larger than a frame may be, 16 MiB.</exception>
    public static void Svg(string svg) => ShowOne("image/svg+xml", svg);

    /// <summary>Shows a picture.</summary>
    /// <param name="png">The bytes of a PNG file.</param>
    /// <exception cref="ArgumentException">In base64 it is larger than a frame may be, 16 MiB.</exception>
    public static void Png(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        Png(png.AsSpan());
    }

    /// <inheritdoc cref="Png(byte[])"/>
    public static void Png(ReadOnlySpan<byte> png) => ShowOne("image/png", Convert.ToBase64String(png));

    /// <summary>Shows data that is JSON already.</summary>
    /// <param name="json">One JSON value.</param>
    /// <exception cref="ArgumentException">It is no JSON, or larger than a frame may be, 16 MiB.</exception>
    public static void Json(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var parsed = JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"That is no JSON: {exception.Message}", nameof(json), exception);
        }

        ShowOne("application/json", json);
    }

    /// <summary>Shows data as JSON.</summary>
    /// <param name="value">What <see cref="JsonSerializer"/> can write.</param>
    /// <exception cref="ArgumentException">It is larger than a frame may be, 16 MiB.</exception>
    /// <exception cref="JsonException">It cannot be written as JSON.</exception>
    /// <exception cref="NotSupportedException">A type in it has no form in JSON.</exception>
    [SuppressMessage("Performance", "CA1869", Justification = "Options that are kept keep the types of runs that are over.")]
    public static void Json(object? value) => ShowOne("application/json", JsonSerializer.Serialize(value, new JsonSerializerOptions()));

    /// <summary>Shows one thing in several forms, of which whoever shows it takes the one that suits.</summary>
    /// <param name="forms">By MIME type, 1 to 64 of them; binary types in base64. Copied.</param>
    /// <exception cref="ArgumentException">There is none or there are too many, a name is no MIME type, or all of it is larger than a frame may be, 16 MiB.</exception>
    public static void Show(IReadOnlyDictionary<string, string> forms)
    {
        ArgumentNullException.ThrowIfNull(forms);
        var copy = new Dictionary<string, string>(forms, StringComparer.Ordinal);
        if (copy.Count is 0 or > ProtocolConstants.MaxMimeTypes)
        {
            throw new ArgumentException($"One thing is shown in 1 to {ProtocolConstants.MaxMimeTypes} forms; here are {copy.Count}.", nameof(forms));
        }

        foreach (var (type, form) in copy)
        {
            if (!IsMimeType(type))
            {
                throw new ArgumentException($"'{type}' is no MIME type; one is written as text/plain.", nameof(forms));
            }

            if (form is null)
            {
                throw new ArgumentException($"The form {type} is null.", nameof(forms));
            }
        }

        ShowAll(new ReadOnlyDictionary<string, string>(copy));
    }

    private static void ShowOne(string type, string form)
    {
        ArgumentNullException.ThrowIfNull(form);
        ShowAll(new ReadOnlyDictionary<string, string>(new Dictionary<string, string>(StringComparer.Ordinal) { [type] = form }));
    }

    private static void ShowAll(ReadOnlyDictionary<string, string> forms)
    {
        if (ReportHost.Current is { } host)
        {
            host.Show(forms);
        }
        else if (forms.TryGetValue(PlainText, out var text))
        {
            Console.Out.WriteLine(text);
        }
    }

    /// <summary>Two names of printable ASCII with a slash between; parameters may follow.</summary>
    private static bool IsMimeType(string type)
    {
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < type.Length - 1 && type.Length <= MaxTypeChars && type.All(static c => c is > ' ' and <= '~');
    }
}
