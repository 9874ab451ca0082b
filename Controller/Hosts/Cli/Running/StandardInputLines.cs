using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary>The lines of standard input, for one run and the end of the command. It is not touched before the first one.</summary>
/// <remarks>
/// A terminal is left as it is, so that what is typed before it is asked for counts, the end of input too: the base library's
/// console would change the terminal's state at its first read, and lose that.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the command; a line may still be waited for at its end.")]
internal sealed class StandardInputLines : IInputLines
{
    private readonly bool ended;
    private InputBytes? input;
    private TerminalDevice? device;

    /// <param name="ended">Standard input was read to its end already, since the program came from it.</param>
    public StandardInputLines(bool ended) => this.ended = ended;

    public string? Read(bool password, CancellationToken cancellationToken)
    {
        if (ended)
        {
            return null;
        }

        input ??= new InputBytes(0);
        device ??= password ? TerminalDevice.Open() : null;
        if (!password || device is null)
        {
            return input.ReadLine(cancellationToken);
        }

        device.EnterHidden();
        try
        {
            var line = input.ReadLine(cancellationToken);
            Console.Error.WriteLine();
            return line;
        }
        finally
        {
            device.Restore();
        }
    }
}
