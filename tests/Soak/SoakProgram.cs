namespace ProcInterrupt.Tests.Soak;

/// <summary>A piece of code and what is known of it.</summary>
/// <param name="Engine">Who runs it.</param>
/// <param name="Code">With <see cref="Tag"/> where the run's own number goes.</param>
internal sealed record SoakProgram(string Engine, string Code)
{
    /// <summary>Stands for the number that no other run has.</summary>
    public const string Tag = "TAG";

    /// <summary>Stands for the session's variable; there are programs with it and without.</summary>
    public const string Kept = "KEPT";

    /// <summary>Ends by itself, and nobody asks it to stop: it has to succeed.</summary>
    public bool IsInnocent { get; init; }

    /// <summary>Sets <c>kept</c> and handlers for signals, which print <c>&lt;signal&gt;</c> when they are entered and <c>(signal)</c> before they return.</summary>
    public bool IsSetup { get; init; }

    /// <summary>The rung that ends it for certain.</summary>
    public InterruptRung Needs { get; init; } = InterruptRung.Signal;

    /// <summary>Begins by printing <c>[tag:kept]</c>.</summary>
    public bool Tells { get; init; }

    /// <summary>May throw or not compile.</summary>
    public bool MayFail { get; init; }
}
