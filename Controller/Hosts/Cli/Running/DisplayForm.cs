using System.Text;

namespace ProcInterrupt.Cli.Running;

/// <summary>One form of something to show, as a file has it.</summary>
internal sealed class DisplayForm
{
    public const string PlainText = "text/plain";
    public const string Json = "application/json";

    private static readonly Dictionary<string, string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [PlainText] = ".txt",
        ["text/html"] = ".html",
        ["text/markdown"] = ".md",
        ["text/csv"] = ".csv",
        ["text/latex"] = ".tex",
        ["image/png"] = ".png",
        ["image/jpeg"] = ".jpg",
        ["image/gif"] = ".gif",
        ["image/webp"] = ".webp",
        ["image/svg+xml"] = ".svg",
        ["application/pdf"] = ".pdf",
        [Json] = ".json",
    };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="type">The MIME type.</param>
    /// <param name="data">The text, or base64 of a binary form.</param>
    public DisplayForm(string type, string data)
    {
        Type = type;
        Bytes = Decode(type, data);
    }

    public string Type { get; }

    public byte[] Bytes { get; }

    /// <summary>With its dot.</summary>
    public string Extension
    {
        get
        {
            var known = Type.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? Type[..end] : Type;
            return Extensions.GetValueOrDefault(known) ?? (IsText(known) ? ".txt" : ".bin");
        }
    }

    private static byte[] Decode(string type, string data)
    {
        if (!IsText(type))
        {
            var bytes = new byte[(data.Length / 4 * 3) + 3];
            if (Convert.TryFromBase64String(data, bytes, out var count))
            {
                return bytes[..count];
            }
        }

        // What is not base64 is taken for a text, whatever its type says: nothing is lost.
        return Utf8.GetBytes(data);
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || type.Contains("json", StringComparison.OrdinalIgnoreCase)
        || type.Contains("xml", StringComparison.OrdinalIgnoreCase)
        || type.Contains("javascript", StringComparison.OrdinalIgnoreCase);
}
