using System.Text;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary>The lines of standard input, for one run and the end of the command. It is not touched before the first one.</summary>
internal sealed class StandardInputLines : IInputLines
{
    private readonly bool ended;
    private TextReader? lines;

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

        lines ??= new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return lines.ReadLine();
    }
}
