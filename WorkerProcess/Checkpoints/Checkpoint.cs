using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Makes checks and keeps their slow paths until they are placed, out of line, at the ends of their regions.</summary>
internal sealed class Checkpoint
{
    private readonly MethodEditor editor;
    private readonly HookReferences hooks;
    private readonly WeaverOptions options;
    private readonly List<(Region Region, Instruction[] Code)> slowPaths = [];

    public Checkpoint(MethodEditor editor, HookReferences hooks, WeaverOptions options)
    {
        this.editor = editor;
        this.hooks = hooks;
        this.options = options;
    }

    /// <summary>The check itself, to be inserted before an instruction: one volatile load of the word and one branch. Needs one stack slot.</summary>
    public Instruction[] MakeCheck(Instruction before, Region region)
    {
        Instruction poll = Instruction.Create(OpCodes.Call, hooks.Poll);
        SlowPath(region, before, poll, Instruction.Create(OpCodes.Br, before));
        return
        [
            Instruction.Create(OpCodes.Ldc_I8, (long)options.WordAddress),
            Instruction.Create(OpCodes.Conv_U),
            Instruction.Create(OpCodes.Volatile),
            Instruction.Create(OpCodes.Ldind_I8),
            Instruction.Create(OpCodes.Brtrue, poll),
        ];
    }

    /// <summary>Remembers code that the hot path jumps to; its last instruction jumps back to <paramref name="place"/>.</summary>
    public void SlowPath(Region region, Instruction place, params Instruction[] code)
    {
        slowPaths.Add((region, code));
        editor.SameLine(code[0], place);
    }

    /// <summary>Places the slow paths.</summary>
    public void Place()
    {
        foreach ((Region region, Instruction[] code) in slowPaths)
        {
            editor.AppendTo(region, code);
        }

        slowPaths.Clear();
    }
}
