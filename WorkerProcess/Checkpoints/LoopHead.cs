using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The target of backward branches, and where its check belongs.</summary>
internal sealed class LoopHead(Instruction target, List<Instruction> branches)
{
    public Instruction Target { get; } = target;

    /// <summary>The branches that go back to it.</summary>
    public List<Instruction> Branches { get; } = branches;

    /// <summary>Clauses whose protected block starts with the check, since the loop is inside. A loop around the block has its check before it.</summary>
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
