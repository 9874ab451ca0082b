using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Who calls whom in one module, as far as the IL says it without resolving anything outside.</summary>
internal sealed class CallGraph
{
    private readonly Dictionary<MethodDefinition, MethodFacts> facts = [];
    private readonly Dictionary<MethodReference, MethodDefinition[]> resolved = [];
    private readonly LeafCalls leaves = new();
    private readonly CallReplacements replacements;
    private readonly CancellableCalls cancellable;

    public CallGraph(ModuleDefinition module, CallReplacements replacements, CancellableCalls cancellable)
    {
        this.cancellable = cancellable;
        this.replacements = replacements;
        foreach (TypeDefinition type in module.GetTypes())
        {
            foreach (MethodDefinition method in type.Methods)
            {
                if (method.HasBody && method.Body.Instructions.Count > 0)
                {
                    facts.Add(method, new MethodFacts(method));
                }
            }
        }

        foreach (MethodFacts method in facts.Values)
        {
            Read(method);
        }

        Cycles.Mark(facts.Values);
    }

    public IReadOnlyCollection<MethodFacts> Methods => facts.Values;

    /// <summary>True when no check can run while a call runs. Calls that are replaced have been by now, and are not among the leaves.</summary>
    public bool IsQuietCall(Instruction call)
    {
        if (call.Operand is not MethodReference target)
        {
            return false;
        }

        MethodDefinition[] own = Resolve(target);
        if (own.Length == 0)
        {
            return leaves.IsLeaf(target, call.Previous);
        }

        foreach (MethodDefinition method in own)
        {
            if (IsOverridable(call, method) || !facts.TryGetValue(method, out MethodFacts? callee) || !callee.IsQuiet)
            {
                return false;
            }
        }

        return true;
    }

    private void Read(MethodFacts method)
    {
        foreach (Instruction instruction in method.Method.Body.Instructions)
        {
            switch (instruction.OpCode.Code)
            {
                case Code.Call or Code.Callvirt or Code.Newobj or Code.Jmp:
                    ReadCall(method, instruction, (MethodReference)instruction.Operand);
                    break;
                case Code.Calli:
                    method.CallsUnknown = true;
                    break;
                case Code.Ldftn or Code.Ldvirtftn:
                    MethodDefinition[] targets = Resolve((MethodReference)instruction.Operand);
                    method.HasReplaced |= targets.Length == 0 && replacements.Find(instruction, method.Method) is not null;
                    foreach (MethodDefinition target in targets)
                    {
                        if (facts.TryGetValue(target, out MethodFacts? taken))
                        {
                            taken.IsAddressTaken = true;
                        }
                    }

                    break;
                case Code.Localloc:
                    method.HasLocalloc = true;
                    break;
                default:
                    method.HasLoop |= IsBackward(instruction);
                    break;
            }
        }
    }

    private void ReadCall(MethodFacts method, Instruction call, MethodReference target)
    {
        MethodDefinition[] own = Resolve(target);
        if (own.Length == 0)
        {
            // What is called instead may raise.
            bool isReplaced = replacements.Find(call, method.Method) is not null;
            method.HasReplaced |= isReplaced;
            method.HasCancellable |= cancellable.IsMatch(target);
            method.CallsUnknown |= isReplaced || !leaves.IsLeaf(target, call.Previous);
        }

        foreach (MethodDefinition candidate in own)
        {
            if (IsOverridable(call, candidate) || !facts.TryGetValue(candidate, out MethodFacts? callee))
            {
                method.CallsUnknown = true;
            }
            else
            {
                method.Callees.Add(callee);
            }
        }
    }

    private static bool IsOverridable(Instruction call, MethodDefinition method) =>
        call.OpCode.Code == Code.Callvirt && method.IsVirtual && !method.IsFinal && !method.DeclaringType.IsSealed;

    private static bool IsBackward(Instruction instruction) => instruction.Operand switch
    {
        Instruction target => target.Offset <= instruction.Offset,
        Instruction[] targets => Array.Exists(targets, t => t.Offset <= instruction.Offset),
        _ => false,
    };

    /// <summary>The methods of this module a reference may mean; none for another module's.</summary>
    private MethodDefinition[] Resolve(MethodReference reference)
    {
        if (reference is MethodDefinition definition)
        {
            return [definition];
        }

        MethodReference element = reference.GetElementMethod();
        if (element is MethodDefinition generic)
        {
            return [generic];
        }

        if (element.DeclaringType.GetElementType() is not TypeDefinition type)
        {
            return [];
        }

        if (!resolved.TryGetValue(element, out MethodDefinition[]? methods))
        {
            // By name and shape: where overloads are alike, all of them are meant.
            methods = [.. type.Methods.Where(m => m.Name == element.Name
                && m.Parameters.Count == element.Parameters.Count
                && m.GenericParameters.Count == element.GenericParameters.Count)];
            resolved.Add(element, methods);
        }

        return methods;
    }
}
