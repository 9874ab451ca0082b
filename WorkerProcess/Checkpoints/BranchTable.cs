using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Who branches where in a method, and which variables have their address taken.</summary>
internal sealed class BranchTable
{
    private readonly Dictionary<Instruction, List<Instruction>> sources = [];
    private readonly HashSet<object> addressTaken = [];

    public BranchTable(MethodEditor editor)
    {
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
