using System.Text;
using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Repl;

/// <summary>The lines of a script, one after the other; what its code reads comes from the same ones, behind the entry that reads.</summary>
internal sealed class ScriptLines : IInputLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock gate = new();
    private readonly Func<CancellationToken, byte[]?> read;
    private readonly Stack<ScriptLine> returned = new();
    private int count;

    /// <param name="read">The next line as it came; <see langword="null"/> at the end.</param>
    public ScriptLines(Func<CancellationToken, byte[]?> read) => this.read = read;

    /// <summary>Takes the next line.</summary>
    /// <returns>The line, or <see langword="null"/> at the end.</returns>
    /// <exception cref="UsageException">It is not text.</exception>
    /// <exception cref="OperationCanceledException">Given up; the line stays.</exception>
    public ScriptLine? Take(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (returned.TryPop(out var line))
            {
                return line;
            }

            if (read(cancellationToken) is not { } bytes)
            {
                return null;
            }

            count++;
            try
            {
                var text = Strict.GetString(bytes);
                return new ScriptLine(count, count == 1 ? text.TrimStart('\uFEFF') : text);
            }
            catch (DecoderFallbackException)
            {
                throw new UsageException($"Line {count} of the script is not UTF-8 text.");
            }
        }
    }

    /// <summary>Gives a line back, to be the next one.</summary>
    public void Return(ScriptLine line)
    {
        lock (gate)
        {
            returned.Push(line);
        }
    }

    /// <summary>A line for the code; one that is not text is what a file would give it.</summary>
    public string? Read(bool password, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (returned.TryPop(out var line))
            {
                return line.Text;
            }

            if (read(cancellationToken) is not { } bytes)
            {
                return null;
            }

            count++;
            return Encoding.UTF8.GetString(bytes);
        }
    }
}
