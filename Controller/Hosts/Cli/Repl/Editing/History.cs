namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>The entries of this session, each as a whole, and the one being typed at their end.</summary>
internal sealed class History
{
    /// <summary>What nobody goes back by hand.</summary>
    private const int MaxEntries = 1000;

    private readonly List<string> entries = [];
    private int place;
    private string draft = "";

    /// <summary>Adds an entry, and goes to the end. The same one twice in a row is kept once.</summary>
    public void Add(string entry)
    {
        if (!string.IsNullOrWhiteSpace(entry) && (entries.Count == 0 || entries[^1] != entry))
        {
            entries.Add(entry);
            if (entries.Count > MaxEntries)
            {
                entries.RemoveAt(0);
            }
        }

        ToEnd();
    }

    /// <summary>Goes to the end, where a new entry is typed.</summary>
    public void ToEnd()
    {
        place = entries.Count;
        draft = "";
    }

    /// <summary>Goes one back.</summary>
    /// <param name="typed">What is in the editor; kept if it is the new entry.</param>
    /// <returns>The entry there, or <see langword="null"/> at the beginning.</returns>
    public string? Previous(string typed)
    {
        if (place == 0)
        {
            return null;
        }

        if (place == entries.Count)
        {
            draft = typed;
        }

        return entries[--place];
    }

    /// <summary>Goes one forward.</summary>
    /// <returns>The entry there, at the end what was being typed; <see langword="null"/> beyond.</returns>
    public string? Next()
    {
        if (place == entries.Count)
        {
            return null;
        }

        place++;
        return place == entries.Count ? draft : entries[place];
    }
}
