using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Collections.Generic;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>One method body being rewritten: a linked list of instructions, so that insertion is cheap, written back by <see cref="Commit"/>.</summary>
internal sealed class MethodEditor
{
    private readonly MethodBody body;
    private readonly LineTable lines;
    private Instruction first;
    private Instruction last;
    private VariableDefinition? frameMarker;
    private ClauseEnds? ends;
    private bool numbered;
    private int count;

    public MethodEditor(MethodDefinition method)
    {
        Method = method;
        body = method.Body;
        Collection<Instruction> code = body.Instructions;
        count = code.Count;
        first = code[0];
        last = code[^1];
        lines = new LineTable(method);
        foreach (Instruction instruction in code)
        {
            BranchForms.Expand(instruction);
        }

        Number();
    }

    public MethodDefinition Method { get; }

    public ModuleDefinition Module => Method.Module;

    public Instruction First => first;

    public Collection<ExceptionHandler> Clauses => body.ExceptionHandlers;

    /// <summary>The clause whose protected block is the method's own body since it was wrapped whole; null when it was not.</summary>
    public ExceptionHandler? Wrapper { get; set; }

    /// <summary>A local that serves only to learn where the frame is. Its own, so that no other local has its address taken.</summary>
    public VariableDefinition FrameMarker => frameMarker ??= AddLocal(Module.TypeSystem.IntPtr);

    private ClauseEnds Ends => ends ??= new ClauseEnds(Clauses);

    public VariableDefinition AddLocal(TypeReference type)
    {
        var local = new VariableDefinition(type);
        if (body.Variables.Count == 0)
        {
            // Nothing else to clear: spares the prologue a store. (localloc needs the flag, and needs no locals.)
            body.InitLocals &= HasLocalloc();
        }

        body.Variables.Add(local);
        return local;
    }

    /// <summary>The place of an instruction in the method; the end, for null.</summary>
    public int Position(Instruction? instruction)
    {
        if (!numbered)
        {
            Number();
        }

        return instruction?.Offset ?? int.MaxValue;
    }

    public bool Contains(Region region, Instruction instruction)
    {
        int position = Position(instruction);
        return region.Part == RegionPart.Method || (Position(region.Start) <= position && position < Position(region.End));
    }

    /// <summary>The innermost region around an instruction, of those that <paramref name="counts"/> accepts (null: all).</summary>
    public Region InnermostRegion(Instruction instruction, Predicate<Region>? counts = null)
    {
        Region innermost = Region.Method;
        int start = -1;
        int end = int.MaxValue;
        foreach (ExceptionHandler clause in Clauses)
        {
            Consider(new Region(clause, RegionPart.Try));
            Consider(new Region(clause, RegionPart.Handler));
            if (clause.FilterStart is not null)
            {
                Consider(new Region(clause, RegionPart.Filter));
            }
        }

        return innermost;

        void Consider(Region region)
        {
            if (Contains(region, instruction) && (counts is null || counts(region)))
            {
                int from = Position(region.Start);
                int to = Position(region.End);
                // Regions that hold one instruction are nested: the later start or the earlier end is the inner one.
                if (from > start || (from == start && to < end) || innermost.Part == RegionPart.Method)
                {
                    (innermost, start, end) = (region, from, to);
                }
            }
        }
    }

    /// <summary>Inserts code before an instruction; branches and clause boundaries keep their targets.</summary>
    public void InsertBefore(Instruction anchor, params ReadOnlySpan<Instruction> code)
    {
        Instruction? previous = anchor.Previous;
        foreach (Instruction instruction in code)
        {
            Link(previous, instruction);
            previous = instruction;
        }

        Link(previous, anchor);
        NumberInserted(code, anchor);
    }

    /// <summary>Inserts code after an instruction, in the same regions.</summary>
    public void InsertAfter(Instruction anchor, params ReadOnlySpan<Instruction> code)
    {
        Instruction? next = anchor.Next;
        Instruction previous = anchor;
        foreach (Instruction instruction in code)
        {
            Link(previous, instruction);
            previous = instruction;
        }

        previous.Next = next;
        if (next is null)
        {
            last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        NumberInserted(code, next);
    }

    /// <summary>Puts one instruction in the place of some that nothing branches to.</summary>
    public void Replace(ReadOnlySpan<Instruction> code, Instruction instruction)
    {
        Instruction? next = code[^1].Next;
        Link(code[0].Previous, instruction);
        if (next is null)
        {
            last = instruction;
            instruction.Next = null;
        }
        else
        {
            Link(instruction, next);
        }

        instruction.Offset = code[0].Offset;
    }

    /// <summary>The variable behind an argument's number, <c>this</c> included.</summary>
    public ParameterDefinition Argument(int index) =>
        Method.HasThis ? (index == 0 ? body.ThisParameter : Method.Parameters[index - 1]) : Method.Parameters[index];

    /// <summary>Puts code at the start of a handler, after whatever the runtime has put on the stack.</summary>
    public void InsertAtHandlerStart(ExceptionHandler clause, params ReadOnlySpan<Instruction> code)
    {
        Instruction start = clause.HandlerStart;
        InsertBefore(start, code);
        MoveEnds(start, code[0]);
        clause.HandlerStart = code[0];
    }

    /// <summary>Puts code behind the last instruction of a region, inside it. Control never falls out of a region, so none falls into the code.</summary>
    public void AppendTo(Region region, params ReadOnlySpan<Instruction> code)
    {
        Instruction? end = region.End;
        int start = region.Part == RegionPart.Method ? -1 : Position(region.Start);
        // Regions inside this one that ended where it ends now end before the new code.
        Ends.Move(end, code[0], s => Position(s) > start);
        if (end is not null)
        {
            InsertBefore(end, code);
            return;
        }

        foreach (Instruction instruction in code)
        {
            Link(last, instruction);
            last = instruction;
        }

        last.Next = null;
        NumberInserted(code, null);
    }

    /// <summary>Regions that ended at an instruction end at another.</summary>
    public void MoveEnds(Instruction from, Instruction to)
    {
        if (body.HasExceptionHandlers)
        {
            Ends.Move(from, to);
        }
    }

    /// <summary>Adds a clause; those of the blocks around it come after it.</summary>
    public void AddClause(int index, ExceptionHandler clause)
    {
        Ends.Add(clause);
        Clauses.Insert(index, clause);
    }

    /// <summary>Sends one branch from a target to another.</summary>
    public static void Retarget(Instruction branch, Instruction from, Instruction to)
    {
        if (branch.Operand == from)
        {
            branch.Operand = to;
        }
        else if (branch.Operand is Instruction[] targets)
        {
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] = targets[i] == from ? to : targets[i];
            }
        }
    }

    /// <summary>Sends every branch to a key of the table to its value.</summary>
    public void Retarget(IReadOnlyDictionary<Instruction, Instruction> table) => Retarget(table, first, null);

    /// <summary>Sends the branches in a part of the method, which is up to <paramref name="end"/>, to other targets.</summary>
    public static void Retarget(IReadOnlyDictionary<Instruction, Instruction> table, Instruction start, Instruction? end)
    {
        for (Instruction? instruction = start; instruction != end; instruction = instruction!.Next)
        {
            if (instruction!.Operand is Instruction target)
            {
                instruction.Operand = table.GetValueOrDefault(target, target);
            }
            else if (instruction.Operand is Instruction[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    targets[i] = table.GetValueOrDefault(targets[i], targets[i]);
                }
            }
        }
    }

    /// <summary>An inserted instruction is reported with the line of a place of the original code.</summary>
    public void SameLine(Instruction code, Instruction place) => lines.Same(code, place);

    /// <summary>Writes the code back.</summary>
    public void Commit()
    {
        Collection<Instruction> code = body.Instructions;
        code.Clear();
        first.Previous = null;
        for (Instruction? instruction = first; instruction is not null;)
        {
            Instruction? next = instruction.Next;
            code.Add(instruction);
            instruction = next;
        }

        BranchForms.Shrink(code);
        lines.Commit(code);
    }

    private bool HasLocalloc()
    {
        for (Instruction? instruction = first; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code == Code.Localloc)
            {
                return body.InitLocals;
            }
        }

        return false;
    }

    private void Link(Instruction? previous, Instruction instruction)
    {
        instruction.Previous = previous;
        if (previous is null)
        {
            first = instruction;
        }
        else
        {
            previous.Next = instruction;
        }
    }

    // While a method is being edited an instruction's offset tells its place; Cecil computes the real ones when it writes.
    // There are gaps, so that not every insertion moves all that follows.
    private void Number()
    {
        int gap = Math.Max(1, int.MaxValue / 2 / Math.Max(count, 1));
        gap = Math.Min(gap, 1 << 16);
        int position = 0;
        count = 0;
        for (Instruction? instruction = first; instruction is not null; instruction = instruction.Next)
        {
            instruction.Offset = position;
            position += gap;
            count++;
        }

        numbered = true;
    }

    private void NumberInserted(ReadOnlySpan<Instruction> code, Instruction? next)
    {
        count += code.Length;
        int from = code[0].Previous?.Offset ?? -1;
        long room = (long)(next?.Offset ?? Math.Min(int.MaxValue - 1L, from + ((long)code.Length << 8))) - from;
        long gap = room / (code.Length + 1);
        if (!numbered || gap < 1)
        {
            numbered = false;
            return;
        }

        for (int i = 0; i < code.Length; i++)
        {
            code[i].Offset = from + (int)(gap * (i + 1));
        }
    }
}
