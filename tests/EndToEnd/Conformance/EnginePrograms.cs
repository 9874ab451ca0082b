namespace ProcInterrupt.Tests.EndToEnd.Conformance;

/// <summary>One engine's programs for what every engine must do. Those that are interrupted print "go" first.</summary>
public sealed record EnginePrograms
{
    public required string Engine { get; init; }

    /// <summary>Sets the variable <c>kept</c> to 41.</summary>
    public required string Keep { get; init; }

    /// <summary>An expression: one more than <c>kept</c>.</summary>
    public required string KeptPlusOne { get; init; }

    /// <summary>Computes for ever.</summary>
    public required string Busy { get; init; }

    /// <summary>Waits for a minute.</summary>
    public required string Waits { get; init; }

    /// <summary>Waits for a line of input, with the prompt that it may have.</summary>
    public required string Reads { get; init; }

    /// <summary>Reads a line into the value of the run.</summary>
    public required string ReadsLine { get; init; }

    /// <summary>Is busy within clean-up that sets <c>kept</c> to 41, after setting it to 0.</summary>
    public required string CleansUp { get; init; }

    /// <summary>Catches the interrupt, prints "caught", and is busy again.</summary>
    public required string Catches { get; init; }

    /// <summary>Is busy in a loop whose catch-all clause does not catch interrupts.</summary>
    public required string CatchesAll { get; init; }

    /// <summary>Counts SIGUSR1 (10) with a handler and is busy until three came.</summary>
    public required string HandlesThree { get; init; }

    /// <summary>Prints "x" for ever, much of it.</summary>
    public required string PrintsForEver { get; init; }

    /// <summary>Prints "out" and a newline to standard output and "err" and a newline to standard error.</summary>
    public required string Prints { get; init; }

    /// <summary>Fails with an error whose message is "oops".</summary>
    public required string Fails { get; init; }

    /// <summary>The error's type.</summary>
    public required string FailureType { get; init; }

    /// <summary>Does not compile.</summary>
    public required string DoesNotCompile { get; init; }

    /// <summary>Ends itself with exit code 7.</summary>
    public required string Exits { get; init; }

    /// <summary>Calls itself without end.</summary>
    public required string RecursesForEver { get; init; }
}
