using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>A <c>finally</c> with <c>await</c> in it, as the C# compiler lowers it (also for <c>await using</c> and <c>await foreach</c>).</summary>
/// <remarks>
/// <code>
/// try { body; leave AFTER } catch (object e) { this.pending = e; leave AFTER }
/// AFTER: what stood in the finally, with its awaits
/// REST:  if (this.pending is not null) rethrow it
/// </code>
/// Where the finally never ends, there is no REST and the handler keeps the exception in a local only.
/// A user's catch with an await in it is lowered likewise, but its handler stores a number too, which tells that it was entered.
/// </remarks>
internal sealed class AsyncFinally
{
    private AsyncFinally(ExceptionHandler clause, FieldReference? pending, Instruction after)
    {
        Clause = clause;
        Pending = pending;
        After = after;
    }

    public ExceptionHandler Clause { get; }

    private FieldReference? Pending { get; }

    private Instruction After { get; }

    public static List<AsyncFinally> Find(MethodEditor editor)
    {
        var found = new List<AsyncFinally>();
        if (StateMachines.IsAsyncMoveNext(editor.Method))
        {
            foreach (ExceptionHandler clause in editor.Clauses)
            {
                if (clause is { HandlerType: ExceptionHandlerType.Catch, CatchType.MetadataType: MetadataType.Object }
                    && Match(clause) is { } lowered)
                {
                    found.Add(lowered);
                }
            }
        }

        return found;
    }

    /// <summary>Raises the depth of the flow from AFTER to REST.</summary>
    /// <remarks>
    /// What an await inside does to the execution context is undone, but the context is captured with the depth in it, so one Enter and one
    /// Exit are enough, and coming back through the state machine's dispatch must not enter again. A field remembers that the depth is raised,
    /// since an exception may leave the code in between for a handler of the same method.
    /// </remarks>
    public void Weave(MethodEditor editor, HookReferences hooks)
    {
        FieldReference raised = AddField(editor);
        Instruction? rest = FindRest();
        Instruction[] enter =
        [
            Instruction.Create(OpCodes.Call, hooks.EnterAsyncCleanup),
            .. Set(raised, OpCodes.Ldc_I4_1),
            Instruction.Create(OpCodes.Br, After),
        ];
        foreach (ExceptionHandler outer in Enclosing(editor))
        {
            ExitIfRaised(editor, hooks, raised, outer);
        }

        for (Instruction? instruction = Clause.TryStart; instruction is not null && instruction != Clause.HandlerEnd; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code == Code.Leave)
            {
                MethodEditor.Retarget(instruction, After, enter[0]);
            }
        }

        // Not in place: a loop in the finally may go back to AFTER.
        editor.AppendTo(
            editor.InnermostRegion(After, r => r.Part != RegionPart.Try || r.Clause!.TryStart != After || editor.Contains(r, Clause.HandlerStart)),
            enter);
        if (rest is not null)
        {
            Instruction[] exit = [Instruction.Create(OpCodes.Call, hooks.ExitAsyncCleanup), .. Set(raised, OpCodes.Ldc_I4_0)];
            editor.InsertBefore(rest, exit);
            editor.MoveEnds(rest, exit[0]);
            editor.Retarget(new Dictionary<Instruction, Instruction> { [rest] = exit[0] });
        }
    }

    private static AsyncFinally? Match(ExceptionHandler clause)
    {
        Instruction? store = SkipNops(clause.HandlerStart);
        if (store is null || !IsStoreLocal(store))
        {
            return null;
        }

        Instruction? next = SkipNops(store.Next);
        FieldReference? pending = null;
        if (next?.OpCode.Code == Code.Ldarg_0)
        {
            Instruction? load = SkipNops(next.Next);
            Instruction? field = SkipNops(load?.Next);
            if (load is null || !IsLoadLocal(load) || field?.OpCode.Code != Code.Stfld)
            {
                return null;
            }

            pending = (FieldReference)field.Operand;
            next = SkipNops(field.Next);
        }

        return next is { OpCode.Code: Code.Leave, Operand: Instruction after } ? new AsyncFinally(clause, pending, after) : null;
    }

    // The first use of the field behind AFTER; a store comes first when the finally never ends and the field serves something else.
    private Instruction? FindRest()
    {
        for (Instruction? instruction = Pending is null ? null : After; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.Operand is FieldReference field && field.Name == Pending!.Name)
            {
                return instruction is { OpCode.Code: Code.Ldfld, Previous: { OpCode.Code: Code.Ldarg_0 } rest } ? rest : null;
            }
        }

        return null;
    }

    private ExceptionHandler[] Enclosing(MethodEditor editor)
    {
        return editor.Clauses.Where(c => c != Clause
            && c.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter
            && editor.Contains(new Region(c, RegionPart.Try), After)).ToArray();
    }

    private static void ExitIfRaised(MethodEditor editor, HookReferences hooks, FieldReference raised, ExceptionHandler outer)
    {
        Instruction start = outer.HandlerStart;
        editor.InsertAtHandlerStart(
            outer,
            [
                Instruction.Create(OpCodes.Ldarg_0),
                Instruction.Create(OpCodes.Ldfld, raised),
                Instruction.Create(OpCodes.Brfalse, start),
                Instruction.Create(OpCodes.Call, hooks.ExitAsyncCleanup),
                .. Set(raised, OpCodes.Ldc_I4_0),
            ]);
    }

    private static Instruction[] Set(FieldReference field, OpCode value) =>
        [Instruction.Create(OpCodes.Ldarg_0), Instruction.Create(value), Instruction.Create(OpCodes.Stfld, field)];

    private static FieldReference AddField(MethodEditor editor)
    {
        TypeDefinition type = editor.Method.DeclaringType;
        var field = new FieldDefinition($"<>cleanup__{type.Fields.Count}", FieldAttributes.Private, editor.Module.TypeSystem.Boolean);
        type.Fields.Add(field);
        if (!type.HasGenericParameters)
        {
            return field;
        }

        var instance = new GenericInstanceType(type);
        foreach (GenericParameter parameter in type.GenericParameters)
        {
            instance.GenericArguments.Add(parameter);
        }

        return new FieldReference(field.Name, field.FieldType, instance);
    }

    private static Instruction? SkipNops(Instruction? instruction)
    {
        while (instruction?.OpCode.Code == Code.Nop)
        {
            instruction = instruction.Next;
        }

        return instruction;
    }

    private static bool IsStoreLocal(Instruction instruction) =>
        instruction.OpCode.Code is Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3 or Code.Stloc_S or Code.Stloc;

    private static bool IsLoadLocal(Instruction instruction) =>
        instruction.OpCode.Code is Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3 or Code.Ldloc_S or Code.Ldloc;
}
