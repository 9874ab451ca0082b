using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary><c>Environment.Exit</c> would end the worker; it ends the run instead.</summary>
internal static class EnvironmentExit
{
    public static bool IsCall(Instruction instruction) =>
        instruction.Operand is MethodReference { Name: "Exit", DeclaringType: { Name: "Environment", Namespace: "System" } };

    public static void Replace(MethodEditor editor, HookReferences hooks)
    {
        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            // ldftn too: a delegate to it.
            if (IsCall(instruction))
            {
                instruction.Operand = hooks.Exit;
            }
        }
    }
}
