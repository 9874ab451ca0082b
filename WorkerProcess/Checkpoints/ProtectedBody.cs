using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Puts code into a <c>try</c> with a <c>finally</c> of the weaver's.</summary>
internal static class ProtectedBody
{
    /// <summary>Wraps what a handler does. A catch handler's must start with an empty stack.</summary>
    /// <param name="ends">The handler's own <c>endfinally</c> instructions, if it is a finally or fault handler.</param>
    /// <param name="final">The code of the new finally block, with its <c>endfinally</c>.</param>
    public static void WrapHandler(MethodEditor editor, ExceptionHandler clause, IReadOnlyList<Instruction> ends, ReadOnlySpan<Instruction> final)
    {
        Instruction start = clause.HandlerStart;
        Instruction? behind = clause.HandlerEnd;
        if (clause.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
        {
            behind = Instruction.Create(OpCodes.Endfinally);
            foreach (Instruction end in ends)
            {
                end.OpCode = OpCodes.Leave;
                end.Operand = behind;
            }

            editor.AppendTo(new Region(clause, RegionPart.Handler), [.. final, behind]);
        }
        else
        {
            editor.AppendTo(new Region(clause, RegionPart.Handler), final);
        }

        RemoveTailPrefixes(start, final[0]);

        // Clauses come inside out; all that is nested in this handler is in the table before it.
        editor.AddClause(
            editor.Clauses.IndexOf(clause),
            new ExceptionHandler(ExceptionHandlerType.Finally) { TryStart = start, TryEnd = final[0], HandlerStart = final[0], HandlerEnd = behind });
    }

    /// <summary>Wraps the whole method.</summary>
    public static void WrapMethod(MethodEditor editor, MethodReference enter, MethodReference exit)
    {
        Instruction start = editor.First;
        TypeReference type = editor.Method.ReturnType;
        VariableDefinition? result = type.MetadataType == MetadataType.Void ? null : editor.AddLocal(type);
        Instruction end = result is null ? Instruction.Create(OpCodes.Ret) : Instruction.Create(OpCodes.Ldloc, result);
        for (Instruction? instruction = start; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code != Code.Ret)
            {
                continue;
            }

            Instruction leave = instruction;
            if (result is not null)
            {
                leave = Instruction.Create(OpCodes.Leave, end);
                instruction.OpCode = OpCodes.Stloc;
                instruction.Operand = result;
                editor.InsertAfter(instruction, leave);
            }

            leave.OpCode = OpCodes.Leave;
            leave.Operand = end;
        }

        Instruction final = Instruction.Create(OpCodes.Call, exit);
        Instruction[] code = [final, Instruction.Create(OpCodes.Endfinally), end];
        editor.AppendTo(Region.Method, result is null ? code : [.. code, Instruction.Create(OpCodes.Ret)]);
        RemoveTailPrefixes(start, final);
        var wrapper = new ExceptionHandler(ExceptionHandlerType.Finally) { TryStart = start, TryEnd = final, HandlerStart = final, HandlerEnd = end };
        editor.AddClause(editor.Clauses.Count, wrapper);
        editor.Wrapper = wrapper;
        editor.InsertBefore(start, Instruction.Create(OpCodes.Call, enter));
    }

    // A call in a protected block cannot replace its frame.
    private static void RemoveTailPrefixes(Instruction start, Instruction end)
    {
        for (Instruction instruction = start; instruction != end; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code == Code.Tail)
            {
                instruction.OpCode = OpCodes.Nop;
            }
        }
    }
}
