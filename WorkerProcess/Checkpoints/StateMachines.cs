using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Recognises what compilers make of <c>async</c> and <c>yield</c>.</summary>
internal static class StateMachines
{
    public static bool IsAsync(TypeDefinition type) => Implements(type, "IAsyncStateMachine", "System.Runtime.CompilerServices");

    public static bool IsAsyncMoveNext(MethodDefinition method) =>
        method.Parameters.Count == 0 && method.Name.EndsWith("MoveNext", StringComparison.Ordinal) && IsAsync(method.DeclaringType);

    /// <summary>The clause that hands what user code throws to the task: the outermost one of an async <c>MoveNext</c>.</summary>
    public static ExceptionHandler? FindOutermostCatch(MethodEditor editor)
    {
        if (!IsAsyncMoveNext(editor.Method))
        {
            return null;
        }

        ExceptionHandler? outermost = null;
        foreach (ExceptionHandler clause in editor.Clauses)
        {
            if (clause.HandlerType == ExceptionHandlerType.Catch && clause != editor.Wrapper
                && (outermost is null || Encloses(editor, clause, outermost)))
            {
                outermost = clause;
            }
        }

        return outermost is not null && SetsException(outermost) ? outermost : null;
    }

    private static bool Encloses(MethodEditor editor, ExceptionHandler outer, ExceptionHandler inner) =>
        editor.Position(outer.TryStart) <= editor.Position(inner.TryStart) && editor.Position(outer.TryEnd) >= editor.Position(inner.TryEnd);

    private static bool SetsException(ExceptionHandler clause)
    {
        // F# stores the exception in the handler and sets it behind.
        for (Instruction? instruction = clause.HandlerStart; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.Operand is MethodReference { Name: "SetException" })
            {
                return true;
            }
        }

        return false;
    }

    private static bool Implements(TypeDefinition type, string name, string @namespace)
    {
        foreach (InterfaceImplementation implementation in type.Interfaces)
        {
            if (implementation.InterfaceType.Name == name && implementation.InterfaceType.Namespace == @namespace)
            {
                return true;
            }
        }

        return false;
    }
}
