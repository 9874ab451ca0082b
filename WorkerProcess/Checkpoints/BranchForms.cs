using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Switches instructions between their short and long encodings.</summary>
internal static class BranchForms
{
    private static readonly (OpCode Short, OpCode Long)[] Pairs =
    [
        (OpCodes.Br_S, OpCodes.Br), (OpCodes.Brfalse_S, OpCodes.Brfalse), (OpCodes.Brtrue_S, OpCodes.Brtrue), (OpCodes.Beq_S, OpCodes.Beq),
        (OpCodes.Bge_S, OpCodes.Bge), (OpCodes.Bgt_S, OpCodes.Bgt), (OpCodes.Ble_S, OpCodes.Ble), (OpCodes.Blt_S, OpCodes.Blt),
        (OpCodes.Bne_Un_S, OpCodes.Bne_Un), (OpCodes.Bge_Un_S, OpCodes.Bge_Un), (OpCodes.Bgt_Un_S, OpCodes.Bgt_Un),
        (OpCodes.Ble_Un_S, OpCodes.Ble_Un), (OpCodes.Blt_Un_S, OpCodes.Blt_Un), (OpCodes.Leave_S, OpCodes.Leave),
    ];

    /// <summary>Makes every branch long, so that code can be inserted anywhere.</summary>
    public static void Expand(Instruction instruction)
    {
        if (instruction.OpCode.OperandType == OperandType.ShortInlineBrTarget)
        {
            foreach ((OpCode @short, OpCode @long) in Pairs)
            {
                if (instruction.OpCode.Code == @short.Code)
                {
                    instruction.OpCode = @long;
                    return;
                }
            }
        }
    }

    /// <summary>Shortens what reaches its target in one byte. The JIT's inliner judges methods by the size of their IL.</summary>
    /// <remarks>One pass over upper bounds of the distances; a branch that only fits after others shrank stays long.</remarks>
    public static void Shrink(IList<Instruction> code)
    {
        int offset = 0;
        foreach (Instruction instruction in code)
        {
            ShrinkLocal(instruction);
            instruction.Offset = offset;
            offset += instruction.GetSize();
        }

        foreach (Instruction instruction in code)
        {
            if (instruction.OpCode.OperandType == OperandType.InlineBrTarget)
            {
                int distance = ((Instruction)instruction.Operand).Offset - (instruction.Offset + instruction.GetSize());
                if (distance is >= sbyte.MinValue and <= sbyte.MaxValue)
                {
                    instruction.OpCode = ShortForm(instruction.OpCode);
                }
            }
        }
    }

    // Those the weaver made; the compiler's are short already.
    private static void ShrinkLocal(Instruction instruction)
    {
        if (instruction.Operand is VariableDefinition { Index: <= byte.MaxValue })
        {
            instruction.OpCode = instruction.OpCode.Code switch
            {
                Code.Ldloca => OpCodes.Ldloca_S,
                Code.Ldloc => OpCodes.Ldloc_S,
                Code.Stloc => OpCodes.Stloc_S,
                _ => instruction.OpCode,
            };
        }
    }

    private static OpCode ShortForm(OpCode opCode)
    {
        foreach ((OpCode @short, OpCode @long) in Pairs)
        {
            if (opCode.Code == @long.Code)
            {
                return @short;
            }
        }

        return opCode;
    }
}
