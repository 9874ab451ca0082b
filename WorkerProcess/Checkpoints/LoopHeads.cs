using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The targets of a method's backward branches. Each gets one check that every turn runs through.</summary>
internal sealed class LoopHeads
{
    private readonly MethodEditor editor;
    private readonly List<LoopHead> located;

    private LoopHeads(MethodEditor editor, List<LoopHead> located)
    {
        this.editor = editor;
        this.located = located;
    }

    /// <summary>Finds them in the code as it is now, before checks are added.</summary>
    public static LoopHeads Find(MethodEditor editor)
    {
        var found = new Dictionary<Instruction, LoopHead>();
        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.Operand is Instruction target)
            {
                Consider(instruction, target);
            }
            else if (instruction.Operand is Instruction[] targets)
            {
                foreach (Instruction one in targets)
                {
                    Consider(instruction, one);
                }
            }
        }

        var all = new List<LoopHead>(found.Count);
        foreach (LoopHead head in found.Values)
        {
            head.Locate(editor);

            // In filters nothing is taken, and the runtime would swallow what is thrown.
            if (!head.IsInFilter)
            {
                all.Add(head);
            }
        }

        return new LoopHeads(editor, all);

        void Consider(Instruction branch, Instruction target)
        {
            if (editor.Position(target) <= editor.Position(branch))
            {
                if (!found.TryGetValue(target, out LoopHead? head))
                {
                    head = new LoopHead(target);
                    found.Add(target, head);
                }

                head.Branches.Add(branch);
            }
        }
    }

    /// <summary>Puts a check before each head.</summary>
    /// <param name="onlyBackward">
    /// Leaves forward branches alone. In an async state machine these resume after an await: user code's clean-up is not armed yet, and an
    /// exception would skip it. Elsewhere they go through the check too, which keeps the stack's depth plain to see for who reads the IL.
    /// </param>
    public void Weave(Checkpoint checkpoint, bool onlyBackward)
    {
        var targets = new Dictionary<Instruction, Instruction>(located.Count);
        foreach (LoopHead head in located)
        {
            Instruction[] check = checkpoint.Make(head.Target);
            editor.InsertBefore(head.Target, check);
            editor.MoveEnds(head.Target, check[0]);
            foreach (ExceptionHandler clause in editor.Clauses)
            {
                if (clause.HandlerStart == head.Target)
                {
                    clause.HandlerStart = check[0];
                }
            }

            foreach (ExceptionHandler clause in head.Enclosing)
            {
                clause.TryStart = check[0];
            }

            if (!onlyBackward || head.Enclosing.Count > 0)
            {
                targets.Add(head.Target, check[0]);
            }
            else
            {
                foreach (Instruction branch in head.Branches)
                {
                    MethodEditor.Retarget(branch, head.Target, check[0]);
                }
            }
        }

        if (targets.Count > 0)
        {
            editor.Retarget(targets);
        }
    }
}
