using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The target of backward branches, and where its check belongs.</summary>
internal sealed class LoopHead(Instruction target)
{
    public Instruction Target { get; } = target;

    /// <summary>The branches that go back to it.</summary>
    public List<Instruction> Branches { get; } = [];

    /// <summary>The innermost region the check is in.</summary>
    public Region Region { get; private set; }

    /// <summary>Clauses whose protected block starts with the check, since the loop is inside.</summary>
    public List<ExceptionHandler> Enclosing { get; } = [];

    public void Locate(MethodEditor editor)
    {
        foreach (ExceptionHandler clause in editor.Clauses)
        {
            if (clause.TryStart == Target && IsLoopInside(editor, clause))
            {
                Enclosing.Add(clause);
            }
        }

        // A loop around a try whose first instruction is the head has its check before the try: control enters a try only at its start.
        Region = editor.InnermostRegion(Target, r => r.Part != RegionPart.Try || r.Clause!.TryStart != Target || Enclosing.Contains(r.Clause));
    }

    private bool IsLoopInside(MethodEditor editor, ExceptionHandler clause)
    {
        foreach (Instruction branch in Branches)
        {
            if (editor.Contains(new Region(clause, RegionPart.Try), branch))
            {
                return true;
            }
        }

        return false;
    }
}
