using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Raises the clean-up depth while clean-up code runs, whatever it calls.</summary>
internal static class CleanupRegions
{
    /// <summary>Wraps <c>finally</c> and <c>fault</c> blocks. Those in which no check can be reached stay as they are.</summary>
    public static void WeaveHandlers(MethodEditor editor, HookReferences hooks, CallGraph calls)
    {
        Dictionary<ExceptionHandler, List<Instruction>> ends = FindEnds(editor);
        foreach (ExceptionHandler clause in editor.Clauses.ToArray())
        {
            if (clause.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault && CanReachCheck(editor, clause, calls))
            {
                ProtectedBody.WrapHandler(editor, clause, ends.GetValueOrDefault(clause, []), [Instruction.Create(OpCodes.Call, hooks.ExitCleanup), Instruction.Create(OpCodes.Endfinally)]);
                editor.InsertAtHandlerStart(clause, Instruction.Create(OpCodes.Call, hooks.EnterCleanup));
            }
        }
    }

    /// <summary>Wraps a method that is clean-up as a whole.</summary>
    public static void WeaveMethod(MethodEditor editor, HookReferences hooks, CleanupKind kind)
    {
        switch (kind)
        {
            case CleanupKind.Synchronous:
                ProtectedBody.WrapMethod(editor, hooks.EnterCleanup, hooks.ExitCleanup);
                break;
            case CleanupKind.Asynchronous:
                ProtectedBody.WrapMethod(editor, hooks.EnterAsyncCleanup, hooks.ExitAsyncCleanup);
                break;
        }
    }

    /// <summary>Tells by name and shape alone whether a method is clean-up.</summary>
    public static CleanupKind KindOf(MethodDefinition method)
    {
        if (method.IsConstructor)
        {
            // A static constructor that throws poisons its type for good.
            return method.IsStatic ? CleanupKind.Synchronous : CleanupKind.None;
        }

        bool isVoid = method.ReturnType.MetadataType == MetadataType.Void;
        if (method.IsStatic)
        {
            // An exception that leaves it ends the process.
            return IsCalledFromOutside(method) ? CleanupKind.Synchronous : CleanupKind.None;
        }

        if (!isVoid)
        {
            return method.Parameters.Count == 0 && (method.Name is "DisposeAsync" or "DisposeAsyncCore" || IsExplicit(method, "System.IAsyncDisposable.DisposeAsync"))
                ? CleanupKind.Asynchronous
                : CleanupKind.None;
        }

        return method.Name switch
        {
            "Dispose" when method.Parameters is [] or [{ ParameterType.MetadataType: MetadataType.Boolean }] => CleanupKind.Synchronous,
            "Finalize" when method.Parameters.Count == 0 && method.IsVirtual => CleanupKind.Synchronous,
            _ when method.Parameters.Count == 0 && IsExplicit(method, "System.IDisposable.Dispose") => CleanupKind.Synchronous,

            // What C# makes of a finally block in an iterator.
            _ when method.Name.StartsWith("<>m__Finally", StringComparison.Ordinal) => CleanupKind.Synchronous,
            _ => CleanupKind.None,
        };
    }

    // Each endfinally belongs to the innermost handler around it.
    private static Dictionary<ExceptionHandler, List<Instruction>> FindEnds(MethodEditor editor)
    {
        var starts = new Dictionary<Instruction, ExceptionHandler>();
        foreach (ExceptionHandler clause in editor.Clauses)
        {
            if (clause.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
            {
                starts[clause.HandlerStart] = clause;
            }
        }

        var ends = new Dictionary<ExceptionHandler, List<Instruction>>();
        var open = new Stack<ExceptionHandler>();
        for (Instruction? instruction = editor.First; instruction is not null && starts.Count > 0; instruction = instruction.Next)
        {
            while (open.TryPeek(out ExceptionHandler? ended) && ended.HandlerEnd == instruction)
            {
                open.Pop();
            }

            if (starts.TryGetValue(instruction, out ExceptionHandler? entered))
            {
                open.Push(entered);
            }

            if (instruction.OpCode.Code == Code.Endfinally && open.TryPeek(out ExceptionHandler? owner))
            {
                if (!ends.TryGetValue(owner, out List<Instruction>? own))
                {
                    ends.Add(owner, own = []);
                }

                own.Add(instruction);
            }
        }

        return ends;
    }

    // F# writes dashes for the dots.
    private static bool IsExplicit(MethodDefinition method, string name) =>
        string.Equals(method.Name, name, StringComparison.Ordinal) || string.Equals(method.Name, name.Replace('.', '-'), StringComparison.Ordinal);

    private static bool IsCalledFromOutside(MethodDefinition method)
    {
        if (method.HasCustomAttributes)
        {
            foreach (CustomAttribute attribute in method.CustomAttributes)
            {
                if (attribute.AttributeType.Name == "UnmanagedCallersOnlyAttribute")
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool CanReachCheck(MethodEditor editor, ExceptionHandler clause, CallGraph calls)
    {
        for (Instruction? instruction = clause.HandlerStart; instruction is not null && instruction != clause.HandlerEnd; instruction = instruction.Next)
        {
            switch (instruction.OpCode.FlowControl)
            {
                case FlowControl.Call when !calls.IsQuietCall(instruction):
                case FlowControl.Branch or FlowControl.Cond_Branch when GoesBack(instruction):
                    return true;
            }
        }

        return false;

        bool GoesBack(Instruction branch) => branch.Operand switch
        {
            Instruction target => editor.Position(target) <= editor.Position(branch),
            Instruction[] targets => Array.Exists(targets, t => editor.Position(t) <= editor.Position(branch)),
            _ => false,
        };
    }
}
