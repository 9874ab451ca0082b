namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>What a target did with its inputs.</summary>
internal sealed class FuzzResult
{
    public long Inputs { get; set; }

    /// <summary>Different things that inputs came to.</summary>
    public int Outcomes { get; set; }

    /// <summary>Inputs kept to be changed further.</summary>
    public int Kept { get; set; }

    public double SlowestMillis { get; set; }

    public long MostBytes { get; set; }
}
