using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Who branches where in a method, where its regions begin and end, and which variables have their address taken.</summary>
internal sealed class BranchTable
{
    private readonly Dictionary<Instruction, List<Instruction>> sources = [];
    private readonly HashSet<object> addressTaken = [];
    private readonly HashSet<Instruction> boundaries = [];
    private readonly HashSet<Instruction> filters = [];

    public BranchTable(MethodEditor editor)
    {
        foreach (ExceptionHandler clause in editor.Clauses)
        {
            Instruction?[] edges = [clause.TryStart, clause.TryEnd, clause.FilterStart, clause.HandlerStart, clause.HandlerEnd];
            boundaries.UnionWith(edges.OfType<Instruction>());
            for (Instruction? inFilter = clause.FilterStart; inFilter is not null && inFilter != clause.HandlerStart; inFilter = inFilter.Next)
            {
                filters.Add(inFilter);
            }
        }

        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            switch (instruction.Operand)
            {
                case Instruction target:
                    Add(instruction, target);
                    break;
                case Instruction[] targets:
                    Array.ForEach(targets, t => Add(instruction, t));
                    break;
                case { } variable when instruction.OpCode.Code is Code.Ldloca or Code.Ldloca_S or Code.Ldarga or Code.Ldarga_S:
                    addressTaken.Add(variable);
                    break;
            }
        }
    }

    /// <summary>Whether a block of an exception clause starts or ends before an instruction.</summary>
    public bool IsBoundary(Instruction instruction) => boundaries.Contains(instruction);

    public bool IsInFilter(Instruction instruction) => filters.Contains(instruction);

    public IEnumerable<KeyValuePair<Instruction, List<Instruction>>> Targets => sources;

    /// <summary>The branches to an instruction.</summary>
    public IReadOnlyList<Instruction> Sources(Instruction target) => sources.TryGetValue(target, out List<Instruction>? found) ? found : [];

    public bool IsAddressTaken(object variable) => addressTaken.Contains(variable);

    private void Add(Instruction source, Instruction target)
    {
        if (!sources.TryGetValue(target, out List<Instruction>? all))
        {
            sources.Add(target, all = []);
        }

        all.Add(source);
    }
}
