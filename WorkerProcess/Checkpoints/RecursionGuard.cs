using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Ends a recursion before the stack does: one unsigned compare says that the frame is on the run thread's stack with headroom.</summary>
internal static class RecursionGuard
{
    /// <param name="next">The instruction behind the guard.</param>
    /// <param name="extra">Bytes the method needs beyond the headroom.</param>
    public static Instruction[] Make(
        MethodEditor editor, Checkpoint checkpoint, HookReferences hooks, WeaverOptions options, Region region, Instruction next, int extra)
    {
        ulong size = options.RunStackSize > (nuint)extra ? options.RunStackSize - (nuint)extra : 0;
        Instruction slow = Instruction.Create(OpCodes.Ldloca, editor.FrameMarker);
        checkpoint.SlowPath(
            region,
            next,
            slow,
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Ldc_I4, extra),
            Instruction.Create(OpCodes.Call, hooks.GuardStack),
            Instruction.Create(OpCodes.Br, next));
        return
        [
            Instruction.Create(OpCodes.Ldloca, editor.FrameMarker),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Ldc_I8, (long)(options.RunStackLow + (nuint)extra)),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Sub),
            Instruction.Create(OpCodes.Ldc_I8, (long)size),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Bge_Un, slow),
        ];
    }
}
