using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Puts the check and the recursion guard at a method's entry.</summary>
internal static class MethodEntry
{
    public static void Weave(MethodEditor editor, Checkpoint checkpoint, HookReferences hooks, EntryPlan plan)
    {
        int extra = plan.FrameBytes;
        bool guard = plan.Guard;
        if (plan.GuardLocallocs)
        {
            bool atEntry = !StateMachines.IsAsync(editor.Method.DeclaringType);
            int constant = Localloc.Guard(editor, hooks, atEntry);
            extra = (int)Math.Min((long)extra + constant, int.MaxValue / 2);
            guard |= constant > 0;
        }

        // In a method that is wrapped whole the entry is inside the wrapper.
        Instruction entry = editor.Wrapper?.TryStart ?? editor.First;
        Instruction[] code = [.. guard ? checkpoint.MakeGuard(entry, extra) : [], .. plan.Check ? checkpoint.Make(entry) : []];
        if (code.Length > 0)
        {
            editor.InsertBefore(entry, code);
            if (editor.Wrapper is not null)
            {
                editor.Wrapper.TryStart = code[0];
            }
        }
    }
}
