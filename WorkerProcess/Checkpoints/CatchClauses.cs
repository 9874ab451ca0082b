using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Rewrites catch clauses so that those that catch everything do not catch an interrupt.</summary>
internal static class CatchClauses
{
    public static void Weave(MethodEditor editor, HookReferences hooks)
    {
        ExceptionHandler? outermost = StateMachines.FindOutermostCatch(editor);
        List<AsyncFinally> finals = AsyncFinally.Find(editor);
        foreach (AsyncFinally lowered in finals)
        {
            lowered.Weave(editor, hooks);
        }

        foreach (ExceptionHandler clause in editor.Clauses.ToArray())
        {
            if (clause == outermost)
            {
                continue;
            }

            if (finals.Exists(f => f.Clause == clause))
            {
                // It catches everything on purpose: what it catches is thrown again behind.
                WeaveHandler(editor, hooks, clause, CatchKind.Other);
            }
            else if (clause.HandlerType == ExceptionHandlerType.Catch)
            {
                WeaveCatch(editor, hooks, clause);
            }
            else if (clause.HandlerType == ExceptionHandlerType.Filter)
            {
                WeaveFilter(editor, hooks, clause);
            }
        }
    }

    private static void WeaveCatch(MethodEditor editor, HookReferences hooks, ExceptionHandler clause)
    {
        TypeReference type = clause.CatchType;
        CatchKind kind = KindOf(type);
        WeaveHandler(editor, hooks, clause, kind);
        MethodReference? passes = Passes(hooks, kind);
        if (passes is null)
        {
            return;
        }

        if (type.MetadataType != MetadataType.Object)
        {
            // A filter's handler finds an object on the stack.
            editor.InsertAtHandlerStart(clause, Instruction.Create(OpCodes.Castclass, type));
        }

        Instruction handler = clause.HandlerStart;
        Instruction end = Instruction.Create(OpCodes.Endfilter);
        Instruction no = Instruction.Create(OpCodes.Pop);
        Instruction[] filter =
        [
            Instruction.Create(OpCodes.Isinst, type),
            Instruction.Create(OpCodes.Dup),
            Instruction.Create(OpCodes.Brfalse, no),
            Instruction.Create(OpCodes.Call, passes),
            Instruction.Create(OpCodes.Ldc_I4_0),
            Instruction.Create(OpCodes.Ceq),
            Instruction.Create(OpCodes.Br, end),
            no,
            Instruction.Create(OpCodes.Ldc_I4_0),
            end,
        ];
        editor.InsertBefore(handler, filter);
        editor.MoveEnds(handler, filter[0]);
        clause.FilterStart = filter[0];
        clause.HandlerType = ExceptionHandlerType.Filter;
        clause.CatchType = null;
    }

    private static void WeaveFilter(MethodEditor editor, HookReferences hooks, ExceptionHandler clause)
    {
        Instruction first = clause.FilterStart;
        Instruction end = clause.HandlerStart.Previous;
        CatchKind kind = first is { OpCode.Code: Code.Isinst, Operand: TypeReference type } ? KindOf(type) : CatchKind.All;
        WeaveHandler(editor, hooks, clause, kind);

        // The user's part of the filter ends through ExitFilter; all its ways lead to the one endfilter.
        Instruction exit = Instruction.Create(OpCodes.Call, hooks.ExitFilter);
        MethodEditor.Retarget(new Dictionary<Instruction, Instruction> { [end] = exit }, first, end);
        editor.InsertBefore(end, exit);

        var code = new List<Instruction>();
        Instruction enter = Instruction.Create(OpCodes.Ldloca, editor.FrameMarker);
        if (Passes(hooks, kind) is { } passes)
        {
            code.AddRange(
            [
                Instruction.Create(OpCodes.Dup),
                Instruction.Create(OpCodes.Call, passes),
                Instruction.Create(OpCodes.Brfalse, enter),
                Instruction.Create(OpCodes.Pop),
                Instruction.Create(OpCodes.Ldc_I4_0),
                Instruction.Create(OpCodes.Br, end),
            ]);
        }

        code.AddRange([enter, Instruction.Create(OpCodes.Conv_U), Instruction.Create(OpCodes.Call, hooks.EnterFilter)]);
        editor.InsertBefore(first, [.. code]);
        editor.MoveEnds(first, code[0]);
        clause.FilterStart = code[0];
    }

    private static void WeaveHandler(MethodEditor editor, HookReferences hooks, ExceptionHandler clause, CatchKind kind)
    {
        if (kind == CatchKind.Interrupt)
        {
            InterruptCatch.Weave(editor, hooks, clause);
        }

        editor.InsertAtHandlerStart(
            clause,
            Instruction.Create(OpCodes.Ldloca, editor.FrameMarker),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Call, hooks.EnterCatch));
    }

    private static MethodReference? Passes(HookReferences hooks, CatchKind kind) => kind switch
    {
        CatchKind.All => hooks.PassesCatchAll,
        CatchKind.Interrupt => hooks.PassesInterruptCatch,
        _ => null,
    };

    private static CatchKind KindOf(TypeReference type) => (type.Namespace, type.Name) switch
    {
        ("System", "Object" or "Exception" or "SystemException") => CatchKind.All,
        ("System", "OperationCanceledException") or ("ProcInterrupt", "KeyboardInterruptException") => CatchKind.Interrupt,
        _ => CatchKind.Other,
    };
}
