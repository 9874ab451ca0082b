using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>An innermost counted <c>for</c> without calls, whose turns can be checked a thousand at a time (loop strip mining).</summary>
/// <remarks>
/// <code>
///        br COND                              br CHUNK
/// BODY:  ...                          BODY:   ...
///        i = i + step                         i = i + step
/// COND:  if (i &lt; bound) goto BODY     COND:   if (i &lt; limit) goto BODY
///                                     CHUNK:  check
///                                             if (i &gt;= bound) goto EXIT
///                                             limit = ...
///                                             goto BODY
///                                     EXIT:
/// </code>
/// The limit is never beyond the bound, nor so far that i could overflow before it; where it would be, limit is the lowest number of all, and
/// one turn is done before the condition is looked at again as it was. i, step and bound are seen by nobody else, so the turns are the same.
/// A volatile load on each turn would keep the JIT from most of what it does to such loops.
/// </remarks>
internal sealed class CountedLoop
{
    private const int MostTurns = 1024;

    // A turn of many instructions makes the chunks shorter, so that the time between checks stays about the same.
    private const int MostInstructions = 32 * MostTurns;
    private const int FewestTurns = 16;

    // A larger step makes few turns of any range.
    private const int FarthestChunk = 1 << 30;

    private readonly LoopHead head;
    private readonly Instruction condition;
    private readonly Instruction back;
    private readonly Instruction step;
    private readonly bool isUp;
    private readonly int turns;

    private CountedLoop(LoopHead head, Instruction condition, Instruction back, Instruction step, bool isUp, int turns)
    {
        this.head = head;
        this.condition = condition;
        this.back = back;
        this.step = step;
        this.isUp = isUp;
        this.turns = turns;
    }

    // The common one: no overflow is possible.
    private bool IsPlain => back.OpCode.Code == Code.Blt && step.OpCode.Code == Code.Ldc_I4_1;

    /// <summary>Recognises one; null when there is any doubt.</summary>
    public static CountedLoop? Match(MethodEditor editor, LoopHead head, BranchTable branches, CallGraph calls)
    {
        if (head.Branches is not [{ OpCode.Code: Code.Blt or Code.Ble or Code.Bgt or Code.Bge } back] || head.Target.Previous is not { OpCode.Code: Code.Br } entry)
        {
            return null;
        }

        bool isUp = back.OpCode.Code is Code.Blt or Code.Ble;
        Instruction? boundStart = StartOfBound(back.Previous);
        Instruction? condition = boundStart?.Previous;
        if (condition is null || entry.Operand != condition
            || Variables.LoadedBy(editor, condition) is not { } counter || !IsInt32(counter) || branches.IsAddressTaken(counter)
            || FindStep(editor, condition.Previous, counter, isUp) is not { } step)
        {
            return null;
        }

        object? bound = Variables.LoadedBy(editor, boundStart!);
        object? stride = Variables.LoadedBy(editor, step);
        if (bound is not null && (bound == counter || branches.IsAddressTaken(bound) || (boundStart!.Next.OpCode.Code != Code.Ldlen && !IsInt32(bound))))
        {
            return null;
        }

        if (stride is not null && (stride == counter || branches.IsAddressTaken(stride) || !IsInt32(stride)))
        {
            return null;
        }

        if (Measure(editor, head.Target, condition, back, [counter, bound, stride], branches, calls) is not { } length)
        {
            return null;
        }

        int turns = Math.Min(MostTurns, MostInstructions / length);
        return turns < FewestTurns ? null : new CountedLoop(head, condition, back, step, isUp, turns);
    }

    public void Weave(MethodEditor editor, Checkpoint checkpoint, BranchTable branches)
    {
        VariableDefinition limit = editor.AddLocal(editor.Module.TypeSystem.Int32);
        Instruction enter = Instruction.Create(OpCodes.Nop);
        Instruction[] bound = [.. Between(condition.Next, back)];
        Instruction[] check = checkpoint.Make(head.Target);
        foreach (Instruction source in branches.Sources(condition))
        {
            MethodEditor.Retarget(source, condition, check[0]);
        }

        Instruction[] chunk = [.. check, .. IsPlain ? PlainLimit(limit, bound, enter) : AnyLimit(limit, bound, enter), enter];
        var copies = new LoopCopies(editor, head.Target, back, branches);
        editor.Replace(bound, Instruction.Create(OpCodes.Ldloc, limit));

        // The JIT knows the plain loop best by its test before the first turn; a single turn must not be tested.
        Instruction start = IsPlain ? condition : head.Target;
        back.OpCode = isUp ? OpCodes.Blt : OpCodes.Bgt;
        Instruction[] exits = [.. copies.Apply(head.Target, back)];
        editor.InsertAfter(back, [.. copies.CopyBack(), .. chunk, .. copies.CopyIn(), Instruction.Create(OpCodes.Br, start), .. exits]);
    }

    // limit = (uint)(bound - i) > turns ? i + turns : bound
    private IEnumerable<Instruction> PlainLimit(VariableDefinition limit, Instruction[] bound, Instruction enter)
    {
        Instruction far = Clone(condition);
        return
        [
            Clone(condition), .. bound.Select(Clone), Instruction.Create(OpCodes.Bge, back.Next),
            .. bound.Select(Clone), Clone(condition), Instruction.Create(OpCodes.Sub), Instruction.Create(OpCodes.Ldc_I4, turns), Instruction.Create(OpCodes.Bgt_Un, far),
            .. bound.Select(Clone), Instruction.Create(OpCodes.Stloc, limit), Instruction.Create(OpCodes.Br, enter),
            far, Instruction.Create(OpCodes.Ldc_I4, turns), Instruction.Create(OpCodes.Add), Instruction.Create(OpCodes.Stloc, limit),
        ];
    }

    // Counting up; counting down is the mirror image, with the highest number for the lowest.
    //   if (step <= 0) single
    //   limit = max - step; if (bound < limit) limit = bound (+ 1 for <=)
    //   if (i >= limit) single
    //   if (step <= far && (uint)(limit - i) > step * turns) limit = i + step * turns
    private IEnumerable<Instruction> AnyLimit(VariableDefinition limit, Instruction[] bound, Instruction enter)
    {
        (OpCode forward, OpCode backward) = isUp ? (OpCodes.Add, OpCodes.Sub) : (OpCodes.Sub, OpCodes.Add);
        (OpCode reached, OpCode passed) = isUp ? (OpCodes.Bge, OpCodes.Bgt) : (OpCodes.Ble, OpCodes.Blt);
        bool isInclusive = back.OpCode.Code is Code.Ble or Code.Bge;
        int last = isUp ? int.MaxValue : int.MinValue;
        Instruction single = Instruction.Create(OpCodes.Ldc_I4, isUp ? int.MinValue : int.MaxValue);
        Instruction bounded = Clone(condition);
        return
        [
            Clone(condition), .. bound.Select(Clone), Instruction.Create(isInclusive ? passed : reached, back.Next),
            Clone(step), Instruction.Create(OpCodes.Ldc_I4_0), Instruction.Create(OpCodes.Ble, single),
            Instruction.Create(OpCodes.Ldc_I4, last), Clone(step), Instruction.Create(backward), Instruction.Create(OpCodes.Stloc, limit),
            .. bound.Select(Clone), Instruction.Create(OpCodes.Ldloc, limit), Instruction.Create(reached, bounded),
            .. bound.Select(Clone), .. isInclusive ? new[] { Instruction.Create(OpCodes.Ldc_I4_1), Instruction.Create(forward) } : [], Instruction.Create(OpCodes.Stloc, limit),
            bounded, Instruction.Create(OpCodes.Ldloc, limit), Instruction.Create(reached, single),
            Clone(step), Instruction.Create(OpCodes.Ldc_I4, FarthestChunk / turns), Instruction.Create(OpCodes.Bgt, enter),
            .. isUp ? new[] { Instruction.Create(OpCodes.Ldloc, limit), Clone(condition) } : [Clone(condition), Instruction.Create(OpCodes.Ldloc, limit)],
            Instruction.Create(OpCodes.Sub), .. Stride(), Instruction.Create(OpCodes.Ble_Un, enter),
            Clone(condition), .. Stride(), Instruction.Create(forward), Instruction.Create(OpCodes.Stloc, limit), Instruction.Create(OpCodes.Br, enter),
            single, Instruction.Create(OpCodes.Stloc, limit),
        ];

        Instruction[] Stride() => [Clone(step), Instruction.Create(OpCodes.Ldc_I4, turns), Instruction.Create(OpCodes.Mul)];
    }

    // A constant, a variable, or the length of an array in a variable; an array's length never changes.
    private static Instruction? StartOfBound(Instruction? last)
    {
        if (last?.OpCode.Code == Code.Conv_I4)
        {
            return last.Previous is { OpCode.Code: Code.Ldlen, Previous: { } array } && Variables.IsLoad(array) ? array : null;
        }

        return last is not null && (Variables.IsLoad(last) || last.OpCode.Code is >= Code.Ldc_I4_M1 and <= Code.Ldc_I4) ? last : null;
    }

    /// <summary>What the counter is moved by, as the instruction that loads it; a positive constant, or a variable that the chunk looks at.</summary>
    private static Instruction? FindStep(MethodEditor editor, Instruction? store, object counter, bool isUp)
    {
        if (store is null || Variables.AssignedBy(editor, store) != counter || store.Previous is not { } sum || sum.Previous is not { } step
            || step.Previous is not { } load || !Variables.IsLoad(load) || Variables.LoadedBy(editor, load) != counter)
        {
            return null;
        }

        bool isRightWay = isUp ? sum.OpCode.Code is Code.Add or Code.Add_Ovf : sum.OpCode.Code is Code.Sub or Code.Sub_Ovf;
        bool isStep = Variables.IsLoad(step) || step.OpCode.Code is >= Code.Ldc_I4_1 and <= Code.Ldc_I4;
        return isRightWay && isStep ? step : null;
    }

    /// <summary>The instructions of a turn, or null when the body does something that rules the loop out.</summary>
    private static int? Measure(MethodEditor editor, Instruction first, Instruction condition, Instruction last, object?[] fixedVariables, BranchTable branches, CallGraph calls)
    {
        int length = 0;
        int increments = 0;
        for (Instruction instruction = first; ; instruction = instruction.Next)
        {
            length++;
            if ((instruction.OpCode.FlowControl == FlowControl.Call && !IsCheapCall(instruction, calls))
                || instruction.OpCode.FlowControl == FlowControl.Break
                || branches.IsBoundary(instruction)
                || instruction.OpCode.Code is Code.Newarr or Code.Localloc or Code.Cpblk or Code.Initblk or Code.Jmp or Code.Leave or Code.Endfinally or Code.Endfilter)
            {
                return null;
            }

            if (Variables.AssignedBy(editor, instruction) is { } assigned)
            {
                // The counter is the first of them, and assigned once, by the step.
                increments += assigned == fixedVariables[0] ? 1 : 0;
                if (increments > 1 || Array.IndexOf(fixedVariables, assigned) > 0)
                {
                    return null;
                }
            }

            // Nobody jumps into the middle, and nothing in it goes back.
            foreach (Instruction source in branches.Sources(instruction))
            {
                bool allowed = instruction == first ? source == last
                    : instruction == condition ? editor.Position(source) < editor.Position(first)
                    : !IsBehind(instruction) && IsWithin(editor, source, first, instruction);
                if (!allowed)
                {
                    return null;
                }
            }

            if (instruction == last)
            {
                return length;
            }
        }

        bool IsBehind(Instruction instruction) => editor.Position(instruction) > editor.Position(condition);
    }

    // Over in a few nanoseconds, and most are compiled in line.
    private static bool IsCheapCall(Instruction call, CallGraph calls) =>
        call.OpCode.Code is Code.Call or Code.Callvirt
        && call.Operand is MethodReference method
        && (method.DeclaringType is { IsArray: true } or { Namespace: "System", Name: "Math" or "MathF" } || method.Name.StartsWith("get_", StringComparison.Ordinal))
        && calls.IsQuietCall(call);

    private static bool IsWithin(MethodEditor editor, Instruction instruction, Instruction first, Instruction last) =>
        editor.Position(first) <= editor.Position(instruction) && editor.Position(instruction) <= editor.Position(last);

    private static IEnumerable<Instruction> Between(Instruction first, Instruction end)
    {
        for (Instruction instruction = first; instruction != end; instruction = instruction.Next)
        {
            yield return instruction;
        }
    }

    private static Instruction Clone(Instruction instruction)
    {
        Instruction copy = Instruction.Create(OpCodes.Nop);
        copy.OpCode = instruction.OpCode;
        copy.Operand = instruction.Operand;
        return copy;
    }

    private static bool IsInt32(object variable) => Variables.TypeOf(variable).MetadataType == MetadataType.Int32;
}
