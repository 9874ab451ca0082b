using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Gives a loop copies of the variables it assigns: copied in before it, copied back wherever it is left.</summary>
/// <remarks>
/// A variable that lives across a call is kept on the stack by the JIT's register allocator at every assignment, also in a loop that does not
/// hold the call. The copies do not live across the call of the check.
/// </remarks>
internal sealed class LoopCopies
{
    // More registers than this there are not.
    private const int Most = 12;

    // Looking through the clauses of a giant method for each loop would take too long.
    private const int MostClauses = 64;

    private readonly MethodEditor editor;
    private readonly Dictionary<object, VariableDefinition> copies = [];

    public LoopCopies(MethodEditor editor, Instruction first, Instruction last, BranchTable branches)
    {
        this.editor = editor;
        if (!IsSeenByHandlers(first))
        {
            for (Instruction instruction = first; instruction != last && copies.Count < Most; instruction = instruction.Next)
            {
                if (Variables.AssignedBy(editor, instruction) is { } variable && !copies.ContainsKey(variable)
                    && !branches.IsAddressTaken(variable) && Variables.FitsRegister(Variables.TypeOf(variable)))
                {
                    copies.Add(variable, editor.AddLocal(Variables.TypeOf(variable)));
                }
            }
        }
    }

    public IEnumerable<Instruction> CopyIn() => copies.SelectMany(c => new[] { Variables.Load(c.Key), Variables.Store(c.Value) });

    public IEnumerable<Instruction> CopyBack() => copies.SelectMany(c => new[] { Variables.Load(c.Value), Variables.Store(c.Key) });

    /// <summary>Makes the loop use the copies.</summary>
    /// <returns>Code for the ways out of the loop by branches, which now lead there.</returns>
    public IEnumerable<Instruction> Apply(Instruction first, Instruction last)
    {
        if (copies.Count == 0)
        {
            return [];
        }

        var inside = new HashSet<Instruction>();
        for (Instruction instruction = first; ; instruction = instruction.Next)
        {
            inside.Add(instruction);
            Rename(instruction);
            if (instruction == last)
            {
                break;
            }
        }

        var exits = new Dictionary<Instruction, Instruction[]>();
        foreach (Instruction branch in inside)
        {
            if (branch.Operand is Instruction target)
            {
                branch.Operand = Way(target);
            }
            else if (branch.Operand is Instruction[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    targets[i] = Way(targets[i]);
                }
            }
        }

        return exits.Values.SelectMany(e => e);

        Instruction Way(Instruction target)
        {
            if (inside.Contains(target))
            {
                return target;
            }

            if (!exits.TryGetValue(target, out Instruction[]? exit))
            {
                exits.Add(target, exit = [.. CopyBack(), Instruction.Create(OpCodes.Br, target)]);
            }

            return exit[0];
        }
    }

    private void Rename(Instruction instruction)
    {
        if (Variables.LoadedBy(editor, instruction) is { } loaded && copies.TryGetValue(loaded, out VariableDefinition? source))
        {
            instruction.OpCode = OpCodes.Ldloc;
            instruction.Operand = source;
        }
        else if (Variables.AssignedBy(editor, instruction) is { } assigned && copies.TryGetValue(assigned, out VariableDefinition? copy))
        {
            instruction.OpCode = OpCodes.Stloc;
            instruction.Operand = copy;
        }
    }

    // An exception in the loop would show a handler the variables as they were. The handler of a state machine looks at none.
    private bool IsSeenByHandlers(Instruction first)
    {
        if (editor.Clauses.Count is 0 or > MostClauses)
        {
            return editor.Clauses.Count > 0;
        }

        ExceptionHandler? outermost = StateMachines.FindOutermostCatch(editor);
        return editor.InnermostRegion(first, r => r.Clause != outermost).Part != RegionPart.Method;
    }
}
