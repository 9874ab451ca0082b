using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Tells the worker that a clause for KeyboardInterruptException or OperationCanceledException was entered, and how it was left.</summary>
internal static class InterruptCatch
{
    public static void Weave(MethodEditor editor, HookReferences hooks, ExceptionHandler clause)
    {
        List<Instruction> rethrows = FindRethrows(editor, clause);
        if (rethrows.Count == 0)
        {
            editor.InsertAtHandlerStart(clause, Instruction.Create(OpCodes.Dup), Instruction.Create(OpCodes.Call, hooks.Caught));
            return;
        }

        VariableDefinition rethrown = editor.AddLocal(editor.Module.TypeSystem.Boolean);
        foreach (Instruction rethrow in rethrows)
        {
            // The instruction itself becomes the first of the new ones, so that branches to it need no change.
            Instruction last = Instruction.Create(OpCodes.Rethrow);
            rethrow.OpCode = OpCodes.Call;
            rethrow.Operand = hooks.CatchRethrows;
            Instruction[] code = [Instruction.Create(OpCodes.Ldc_I4_1), Instruction.Create(OpCodes.Stloc, rethrown), last];
            editor.InsertAfter(rethrow, code);
        }

        // However else the handler is left (leave, or another exception), the interrupt has been dealt with.
        // A protected block is entered with an empty stack.
        VariableDefinition exception = editor.AddLocal(clause.CatchType ?? editor.Module.TypeSystem.Object);
        editor.InsertAtHandlerStart(clause, Instruction.Create(OpCodes.Ldloc, exception));
        Instruction decided = Instruction.Create(OpCodes.Endfinally);
        ProtectedBody.WrapHandler(
            editor,
            clause,
            [],
            [
                Instruction.Create(OpCodes.Ldloc, rethrown),
                Instruction.Create(OpCodes.Brtrue, decided),
                Instruction.Create(OpCodes.Call, hooks.CatchLeft),
                decided,
            ]);
        editor.InsertAtHandlerStart(
            clause,
            Instruction.Create(OpCodes.Dup),
            Instruction.Create(OpCodes.Call, hooks.CaughtForNow),
            Instruction.Create(OpCodes.Stloc, exception),
            Instruction.Create(OpCodes.Ldc_I4_0),
            Instruction.Create(OpCodes.Stloc, rethrown));
    }

    // Those of the handler itself, not of handlers nested in it.
    private static List<Instruction> FindRethrows(MethodEditor editor, ExceptionHandler clause)
    {
        var found = new List<Instruction>();
        for (Instruction? instruction = clause.HandlerStart; instruction is not null && instruction != clause.HandlerEnd; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code == Code.Rethrow
                && editor.InnermostRegion(instruction, r => r.Part == RegionPart.Handler && r.Clause!.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter).Clause == clause)
            {
                found.Add(instruction);
            }
        }

        return found;
    }
}
