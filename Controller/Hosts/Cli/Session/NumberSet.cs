namespace ProcInterrupt.Cli.Session;

/// <summary>A set of numbers kept as ranges, so that a session of a million runs remembers them in a few bytes. Not thread-safe.</summary>
internal sealed class NumberSet
{
    // Sorted; neither overlapping nor touching.
    private readonly List<(long First, long Last)> ranges = [];

    /// <summary>How many ranges it takes.</summary>
    public int RangeCount => ranges.Count;

    /// <summary>Whether the number is in the set.</summary>
    public bool Contains(long number)
    {
        var index = FindLastStartingAtOrBefore(number);
        return index >= 0 && number <= ranges[index].Last;
    }

    /// <summary>Adds a number; adding it twice is the same as once.</summary>
    public void Add(long number)
    {
        var before = FindLastStartingAtOrBefore(number);
        if (before >= 0 && number <= ranges[before].Last)
        {
            return;
        }

        var joinsBefore = before >= 0 && ranges[before].Last == number - 1;
        var after = before + 1;
        var joinsAfter = after < ranges.Count && ranges[after].First - 1 == number;
        if (joinsBefore)
        {
            ranges[before] = (ranges[before].First, joinsAfter ? ranges[after].Last : number);
            if (joinsAfter)
            {
                ranges.RemoveAt(after);
            }
        }
        else if (joinsAfter)
        {
            ranges[after] = (number, ranges[after].Last);
        }
        else
        {
            ranges.Insert(after, (number, number));
        }
    }

    private int FindLastStartingAtOrBefore(long number)
    {
        var low = 0;
        var high = ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].First <= number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
