using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Makes <c>stackalloc</c> ask the recursion guard for what it takes.</summary>
internal static class Localloc
{
    private const int Alignment = 16;

    /// <summary>Guards each <c>localloc</c> whose size is not plain or that runs more than once; sums up the others.</summary>
    /// <param name="atEntry">Whether the sum can be asked for at the method's entry; otherwise every one is guarded where it stands.</param>
    /// <returns>The bytes to ask for at the entry.</returns>
    public static int Guard(MethodEditor editor, HookReferences hooks, bool atEntry)
    {
        long constant = 0;
        VariableDefinition? lowest = null;
        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code != Code.Localloc)
            {
                continue;
            }

            if (atEntry && ConstantSize(instruction) is { } size && !IsInLoop(editor, instruction))
            {
                constant += size;
                continue;
            }

            lowest ??= MakeLowest(editor);
            GuardInPlace(editor, hooks, instruction, lowest);
        }

        return (int)Math.Min(constant, int.MaxValue / 2);
    }

    // The lowest address taken so far: what a loop has taken adds up.
    private static VariableDefinition MakeLowest(MethodEditor editor)
    {
        VariableDefinition lowest = editor.AddLocal(editor.Module.TypeSystem.UIntPtr);
        editor.InsertBefore(
            editor.First,
            Instruction.Create(OpCodes.Ldloca, editor.FrameMarker),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Stloc, lowest));
        return lowest;
    }

    private static void GuardInPlace(MethodEditor editor, HookReferences hooks, Instruction localloc, VariableDefinition lowest)
    {
        VariableDefinition size = editor.AddLocal(editor.Module.TypeSystem.UIntPtr);
        editor.InsertBefore(
            localloc,
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Stloc, size),
            Instruction.Create(OpCodes.Ldloc, lowest),
            Instruction.Create(OpCodes.Ldloc, size),
            Instruction.Create(OpCodes.Conv_Ovf_I4_Un),
            Instruction.Create(OpCodes.Call, hooks.GuardStack),
            Instruction.Create(OpCodes.Ldloc, lowest),
            Instruction.Create(OpCodes.Ldloc, size),
            Instruction.Create(OpCodes.Ldc_I4, Alignment - 1),
            Instruction.Create(OpCodes.Add),
            Instruction.Create(OpCodes.Ldc_I4, -Alignment),
            Instruction.Create(OpCodes.Conv_I),
            Instruction.Create(OpCodes.And),
            Instruction.Create(OpCodes.Sub),
            Instruction.Create(OpCodes.Stloc, lowest),
            Instruction.Create(OpCodes.Ldloc, size));
    }

    private static int? ConstantSize(Instruction localloc)
    {
        Instruction? size = localloc.Previous;
        if (size?.OpCode.Code is Code.Conv_U or Code.Conv_I)
        {
            size = size.Previous;
        }

        return size?.OpCode.Code switch
        {
            Code.Ldc_I4 => (int)size.Operand,
            Code.Ldc_I4_S => (sbyte)size.Operand,
            >= Code.Ldc_I4_0 and <= Code.Ldc_I4_8 => size.OpCode.Code - Code.Ldc_I4_0,
            _ => null,
        };
    }

    private static bool IsInLoop(MethodEditor editor, Instruction localloc)
    {
        for (Instruction? branch = localloc; branch is not null; branch = branch.Next)
        {
            if (branch.Operand is Instruction target && editor.Position(target) <= editor.Position(localloc))
            {
                return true;
            }

            if (branch.Operand is Instruction[] targets && Array.Exists(targets, t => editor.Position(t) <= editor.Position(localloc)))
            {
                return true;
            }
        }

        return false;
    }
}
