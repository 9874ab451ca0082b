using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Which clauses have a block that ends before an instruction; giant methods have thousands of clauses.</summary>
internal sealed class ClauseEnds
{
    private readonly Dictionary<Instruction, List<ExceptionHandler>> clauses = [];
    private readonly List<ExceptionHandler> atEnd = [];

    public ClauseEnds(IEnumerable<ExceptionHandler> all)
    {
        foreach (ExceptionHandler clause in all)
        {
            Add(clause);
        }
    }

    public void Add(ExceptionHandler clause)
    {
        At(clause.TryEnd).Add(clause);
        if (clause.HandlerEnd != clause.TryEnd)
        {
            At(clause.HandlerEnd).Add(clause);
        }
    }

    /// <summary>Moves the ends that are at one instruction (null: the method's end) and in question to another.</summary>
    /// <param name="isMoved">Told where the block that ends starts; null moves all.</param>
    public void Move(Instruction? from, Instruction to, Func<Instruction, bool>? isMoved = null)
    {
        if (from is not null && !clauses.ContainsKey(from))
        {
            return;
        }

        List<ExceptionHandler> here = At(from);
        List<ExceptionHandler> there = At(to);
        foreach (ExceptionHandler clause in here)
        {
            bool moved = false;
            if (clause.TryEnd == from && (isMoved is null || isMoved(clause.TryStart)))
            {
                clause.TryEnd = to;
                moved = true;
            }

            if (clause.HandlerEnd == from && (isMoved is null || isMoved(clause.HandlerStart)))
            {
                clause.HandlerEnd = to;
                moved = true;
            }

            if (moved)
            {
                there.Add(clause);
            }
        }

        here.RemoveAll(c => c.TryEnd != from && c.HandlerEnd != from);
    }

    private List<ExceptionHandler> At(Instruction? end)
    {
        if (end is null)
        {
            return atEnd;
        }

        if (!clauses.TryGetValue(end, out List<ExceptionHandler>? found))
        {
            clauses.Add(end, found = []);
        }

        return found;
    }
}
