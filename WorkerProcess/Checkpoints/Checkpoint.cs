using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Makes checks: one volatile load of the word and one branch over the call that is hardly ever made.</summary>
/// <remarks>
/// The call stands in the way of the branch, not at the end of the method: the JIT counts what runs and moves it out of line itself, while a
/// jump back from the end of the method looks like a loop to it (measured: naive Fibonacci 1.6 times unwoven instead of 2.3, a tight sum 1.00
/// instead of 1.33). It also spares the care for regions that code elsewhere would need.
/// </remarks>
internal sealed class Checkpoint
{
    private readonly MethodEditor editor;
    private readonly HookReferences hooks;
    private readonly WeaverOptions options;

    public Checkpoint(MethodEditor editor, HookReferences hooks, WeaverOptions options)
    {
        this.editor = editor;
        this.hooks = hooks;
        this.options = options;
    }

    /// <summary>A check to be put before an instruction. Needs one stack slot.</summary>
    /// <param name="before">The instruction, for the line in traces.</param>
    public Instruction[] Make(Instruction before)
    {
        Instruction behind = Instruction.Create(OpCodes.Nop);
        Instruction poll = Instruction.Create(OpCodes.Call, hooks.Poll);
        editor.SameLine(poll, before);
        return
        [
            Instruction.Create(OpCodes.Ldc_I8, (long)options.WordAddress),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Volatile),
            Instruction.Create(OpCodes.Ldind_I8),
            Instruction.Create(OpCodes.Brfalse, behind),
            poll,
            behind,
        ];
    }

    /// <summary>The recursion guard, to be put before an instruction: one unsigned compare says that the frame is on the run thread's stack with headroom.</summary>
    /// <param name="before">The instruction, for the line in traces.</param>
    /// <param name="extra">Bytes the method needs beyond the headroom.</param>
    public Instruction[] MakeGuard(Instruction before, int extra)
    {
        ulong size = options.RunStackSize > (nuint)extra ? options.RunStackSize - (nuint)extra : 0;
        Instruction behind = Instruction.Create(OpCodes.Nop);
        Instruction slow = Instruction.Create(OpCodes.Ldloca, editor.FrameMarker);
        editor.SameLine(slow, before);
        return
        [
            Instruction.Create(OpCodes.Ldloca, editor.FrameMarker),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Ldc_I8, (long)(options.RunStackLow + (nuint)extra)),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Sub),
            size <= int.MaxValue ? Instruction.Create(OpCodes.Ldc_I4, (int)size) : Instruction.Create(OpCodes.Ldc_I8, (long)size),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Blt_Un, behind),
            slow,
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Ldc_I4, extra),
            Instruction.Create(OpCodes.Call, hooks.GuardStack),
            behind,
        ];
    }
}
