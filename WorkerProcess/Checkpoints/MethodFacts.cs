using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What one look at a method's original code tells.</summary>
internal sealed class MethodFacts
{
    public MethodFacts(MethodDefinition method)
    {
        Method = method;
    }

    public MethodDefinition Method { get; }

    /// <summary>Some branch goes back, or to itself.</summary>
    public bool HasLoop { get; set; }

    /// <summary>Calls something that may call anything: virtual, through a pointer or delegate, or in another assembly and not known to be harmless.</summary>
    public bool CallsUnknown { get; set; }

    /// <summary>Has <c>localloc</c>.</summary>
    public bool HasLocalloc { get; set; }

    /// <summary>Calls framework methods that are replaced, or makes delegates to them.</summary>
    public bool HasReplaced { get; set; }

    /// <summary>Calls framework methods that take a cancellation token and return what is awaited.</summary>
    public bool HasCancellable { get; set; }

    /// <summary>Can call itself through direct calls within the module.</summary>
    public bool IsInCycle { get; set; }

    /// <summary>Somebody in the module makes a pointer or a delegate to it.</summary>
    public bool IsAddressTaken { get; set; }

    /// <summary>The module's own methods it calls directly.</summary>
    public List<MethodFacts> Callees { get; } = [];

    /// <summary>Neither loops nor calls anything that could: it is over at once.</summary>
    public bool IsLeaf => !HasLoop && !CallsUnknown && Callees.Count == 0;

    /// <summary>A leaf without a check of its own either.</summary>
    public bool IsQuiet => IsLeaf && !EntryPlan.LeafNeedsCheck(this);

    /// <summary>Some check can run while it runs, apart from its own at the entry.</summary>
    public bool ReachesChecks => HasLoop || CallsUnknown || Callees.Exists(c => !c.IsQuiet);
}
