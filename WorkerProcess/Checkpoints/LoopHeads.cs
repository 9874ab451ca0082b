using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The targets of a method's backward branches. Each gets one check that every turn runs through.</summary>
internal sealed class LoopHeads
{
    private readonly MethodEditor editor;
    private readonly BranchTable branches;
    private readonly List<LoopHead> located = [];

    private LoopHeads(MethodEditor editor)
    {
        this.editor = editor;
        branches = new BranchTable(editor);
        foreach ((Instruction target, List<Instruction> sources) in branches.Targets)
        {
            var head = new LoopHead(target, sources.FindAll(s => editor.Position(target) <= editor.Position(s)));

            // In filters nothing is taken, and the runtime would swallow what is thrown.
            if (head.Branches.Count > 0 && !branches.IsInFilter(target))
            {
                located.Add(head);
                if (branches.IsBoundary(target))
                {
                    head.Locate(editor);
                }
            }
        }
    }

    /// <summary>Finds them in the code as it is now, before checks are added.</summary>
    public static LoopHeads Find(MethodEditor editor) => new(editor);

    /// <summary>Gives each head its check: one for many turns where the loop's turns are counted, and one before it elsewhere.</summary>
    /// <param name="checkpoint">Makes the checks.</param>
    /// <param name="calls">Tells which calls are harmless.</param>
    /// <param name="onlyBackward">
    /// Leaves forward branches alone. In an async state machine these resume after an await: user code's clean-up is not armed yet, and an
    /// exception would skip it. Elsewhere they go through the check too, which keeps the stack's depth plain to see for who reads the IL.
    /// </param>
    public void Weave(Checkpoint checkpoint, CallGraph calls, bool onlyBackward)
    {
        var counted = new Dictionary<LoopHead, CountedLoop>();
        foreach (LoopHead head in located)
        {
            if (CountedLoop.Match(editor, head, branches, calls) is { } loop)
            {
                counted.Add(head, loop);
            }
        }

        var targets = new Dictionary<Instruction, Instruction>(located.Count);
        foreach (LoopHead head in located)
        {
            if (counted.TryGetValue(head, out CountedLoop? loop))
            {
                loop.Weave(editor, checkpoint, branches);
                continue;
            }

            Instruction[] check = checkpoint.Make(head.Target);
            editor.InsertBefore(head.Target, check);
            editor.MoveEnds(head.Target, check[0]);
            foreach (ExceptionHandler clause in branches.IsBoundary(head.Target) ? editor.Clauses : [])
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
