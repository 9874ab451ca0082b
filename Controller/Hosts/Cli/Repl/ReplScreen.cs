using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Repl;

/// <summary>Where everything is shown: what runs do, what is left of them in the background, and the entry being typed. Safe from any thread.</summary>
internal sealed class ReplScreen
{
    private static readonly InputAnswers NoAnswers = new(new StandardInputLines(ended: true));

    private readonly Lock gate = new();
    private readonly RunView view;
    private readonly bool isTerminal;
    private IEntryDrawing? entry;
    private int presses;

    /// <param name="isTerminal">Standard output and error are seen together, line below line.</param>
    /// <param name="displayFolder">Where pictures are written, or <see langword="null"/>.</param>
    public ReplScreen(bool isTerminal, DisplayFolder? displayFolder)
    {
        this.isTerminal = isTerminal;
        view = new RunView(displayFolder);
    }

    /// <summary>Shows something; an entry being typed makes room for it.</summary>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void Show(Action<RunView> show)
    {
        lock (gate)
        {
            if (Interlocked.Exchange(ref presses, 0) > 0)
            {
                // The terminal showed the ^C in the middle of a line.
                view.ShowLine("");
                view.LineTyped();
            }

            entry?.Erase();
            show(view);
            if (entry is not null)
            {
                view.EndLine();
                entry.Draw();
            }
        }
    }

    /// <summary>The same on a line of its own.</summary>
    public void ShowApart(Action<RunView> show) => Show(view =>
    {
        if (isTerminal)
        {
            view.EndLine();
        }

        show(view);
    });

    /// <summary>What a run does, as it happens.</summary>
    public void Show(RunEvent e, InputAnswers answers)
    {
        if (e is ReceiptEvent)
        {
            ShowApart(view => view.Show(e, answers));
        }
        else
        {
            Show(view => view.Show(e, answers));
        }
    }

    /// <summary>What code does when its run is over. It reads nothing then.</summary>
    public void ShowBackground(RunEvent e)
    {
        if (e is OutputEvent or DisplayEvent or OutputDroppedEvent)
        {
            Show(view => view.Show(e, NoAnswers));
        }
    }

    /// <summary>An entry is typed from now on, until <see cref="EndEntry"/>.</summary>
    public void BeginEntry(IEntryDrawing drawing)
    {
        lock (gate)
        {
            view.EndLine();
            entry = drawing;
            entry.Draw();
        }
    }

    /// <summary>Changes the entry that is being typed.</summary>
    public void Change(Action change)
    {
        lock (gate)
        {
            change();
        }
    }

    public void EndEntry()
    {
        lock (gate)
        {
            entry = null;
        }
    }

    /// <summary>A line was ended on the terminal by whoever typed it.</summary>
    public void LineTyped()
    {
        lock (gate)
        {
            view.LineTyped();
        }
    }

    /// <summary>The terminal shows a ^C. Does not wait: what shows may be waiting for the terminal.</summary>
    public void CtrlCShown()
    {
        if (isTerminal)
        {
            Interlocked.Increment(ref presses);
        }
    }
}
