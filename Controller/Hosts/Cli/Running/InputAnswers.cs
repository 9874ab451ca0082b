using System.Text;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary>Answers a run's input requests with the lines of standard input. Standard input is not touched before the first one.</summary>
internal sealed class InputAnswers
{
    private readonly Lock gate = new();
    private readonly bool ended;
    private TextReader? lines;

    /// <param name="ended">Standard input was read to its end already, since the program came from it.</param>
    public InputAnswers(bool ended) => this.ended = ended;

    /// <summary>Reads a line and replies, on a thread that may block: the run can be interrupted meanwhile.</summary>
    public void Answer(Run run, InputRequestEvent request) => _ = Task.Factory.StartNew(
        () => Reply(run, request),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Reply(Run run, InputRequestEvent request)
    {
        try
        {
            run.ReplyToInput(request, ReadLine(request.Password));
        }
        catch (ArgumentException tooLong)
        {
            // Without its answer the code would wait for ever, and a part of the line would be a wrong one.
            Console.Error.WriteLine($"procinterrupt: a line of standard input cannot be given to the code: {tooLong.Message}");
            run.Interrupt();
        }
    }

    private string? ReadLine(bool password)
    {
        // One request at a time, so that two of them do not share a line.
        lock (gate)
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
}
