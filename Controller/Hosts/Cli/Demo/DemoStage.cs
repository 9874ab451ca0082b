using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Demo;

/// <summary>Runs code for a scene, shows what comes of it, and keeps count of what held.</summary>
internal sealed class DemoStage
{
    /// <summary>Far more than any scene takes; a scene that is not over by then has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Worker worker;
    private readonly TextWriter output;
    private readonly TerminalStyle style;
    private readonly CancellationToken givenUp;
    private readonly List<string> failures = [];

    public DemoStage(Worker worker, TextWriter output, TerminalStyle style, CancellationToken givenUp)
    {
        this.worker = worker;
        this.output = output;
        this.style = style;
        this.givenUp = givenUp;
    }

    /// <summary>What did not hold.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>How much was checked.</summary>
    public int Checked { get; private set; }

    public void Say(string text) => output.WriteLine(text);

    /// <summary>Plays a scene; whatever goes wrong in it fails the scene and not the demo.</summary>
    public async Task PlayAsync(string title, Func<Task> scene)
    {
        givenUp.ThrowIfCancellationRequested();
        Say("");
        Say(style.Bold(title));
        try
        {
            await scene();
        }
        catch (Exception wrong) when (!givenUp.IsCancellationRequested)
        {
            Check($"{title}: {wrong.Message}", false);
        }
    }

    /// <summary>Queues code and shows it.</summary>
    public Run Start(string code, RunOptions? options = null)
    {
        foreach (var line in code.Split('\n'))
        {
            Say(style.Faint($"    {line}"));
        }

        return worker.Run("csharp", code, options);
    }

    /// <summary>Waits until the run prints a line that holds the text.</summary>
    public async Task UntilPrintsAsync(Run run, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(givenUp);
        patience.CancelAfter(Patience);
        var printed = "";
        await foreach (var e in run.Events.WithCancellation(patience.Token))
        {
            if (e is OutputEvent o)
            {
                printed += o.Text;
                if (printed.Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }
        }

        throw new InvalidOperationException($"the run ended ({(await run.Completion).Error?.Message ?? "no error"}) before it printed '{text}'");
    }

    /// <summary>Waits for the run's end.</summary>
    public Task<RunResult> EndOfAsync(Run run) => run.Completion.WaitAsync(Patience, givenUp);

    /// <summary>Runs code to its end and gives the text of its value.</summary>
    public async Task<string> ValueOfAsync(string code)
    {
        var result = await EndOfAsync(Start(code));
        return result.Value?.Text ?? $"no value ({result.Outcome}: {result.Error?.Message})";
    }

    /// <summary>Interrupts a run, waits for the receipt, shows it and checks its status.</summary>
    public async Task<InterruptReceipt> InterruptAsync(Run run, ReceiptStatus expected, Signal signal = Signal.Interrupt)
    {
        var receipt = await run.InterruptAsync(signal).WaitAsync(Patience, givenUp);
        Check(
            $"receipt {receipt.Status}: taken after {Show(receipt.TakenMicros)}, unwound after {Show(receipt.UnwoundMicros)}, reported after {Show(receipt.ReportedMicros)}",
            receipt.Status == expected);
        return receipt;
    }

    /// <summary>Shows a fact and counts whether it is what it should be.</summary>
    public void Check(string fact, bool held)
    {
        Checked++;
        Say($"  {(held ? style.Green("ok    ") : style.Red("FAILED"))} {fact}");
        if (!held)
        {
            failures.Add(fact);
        }
    }

    private static string Show(long? micros) => micros is { } present ? ReceiptText.Micros(present) : "-";
}
