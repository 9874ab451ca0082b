using System.Text;

namespace ProcInterrupt.Cli.Running;

/// <summary>The program to run.</summary>
/// <param name="Code">Its text, not empty.</param>
/// <param name="Path">The file it came from, or <see langword="null"/>.</param>
internal sealed record ProgramText(string Code, string? Path)
{
    // Throws for what is no text, instead of running something else than what was written.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the program that the arguments name.</summary>
    /// <exception cref="UsageException">It cannot be read, is not text, or is empty.</exception>
    public static ProgramText Read(RunArguments arguments)
    {
        var (code, path, name) = arguments switch
        {
            { Code: { } given } => (given, (string?)null, "The code after -c"),
            { File: "-" } => (ReadStandardInput(), null, "The program on standard input"),
            { File: { } file } => (ReadFile(file), System.IO.Path.GetFullPath(file), $"The file '{file}'"),
            _ => throw new UsageException("No program is given; name a file, or write the code after -c."),
        };
        if (string.IsNullOrWhiteSpace(code))
        {
            throw new UsageException($"{name} is empty; there is nothing to run.");
        }

        return new ProgramText(code, path);
    }

    private static string ReadFile(string file)
    {
        try
        {
            if (Directory.Exists(file))
            {
                throw new UsageException($"'{file}' is a folder; name a file.");
            }

            return File.ReadAllText(file, Strict);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"There is no file '{file}'.");
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"The file '{file}' is not UTF-8 text.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The file '{file}' cannot be read: {refused.Message}");
        }
    }

    private static string ReadStandardInput()
    {
        try
        {
            using var input = new StreamReader(Console.OpenStandardInput(), Strict);
            return input.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException("The program on standard input is not UTF-8 text.");
        }
    }
}
