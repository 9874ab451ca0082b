using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary>The lines of standard input, for one run and the end of the command. It is not touched before the first one.</summary>
/// <remarks>
/// The terminal edits the line, not the console of the base library: that changes the terminal's mode when it is first
/// read, and a Ctrl+D that was typed before is lost in the change.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Read until the command ends, perhaps by a thread that waits for a line nobody types.")]
internal sealed class StandardInputLines : IInputLines
{
    private readonly bool ended;
    private InputBytes? input;

    /// <param name="ended">Standard input was read to its end already, since the program came from it.</param>
    public StandardInputLines(bool ended) => this.ended = ended;

    public string? Read(bool password, CancellationToken cancellationToken)
    {
        if (ended)
        {
            return null;
        }

        if (password && !Console.IsInputRedirected)
        {
            return HiddenLine.Read();
        }

        input ??= new InputBytes(0);
        return input.ReadLine(cancellationToken);
    }
}
