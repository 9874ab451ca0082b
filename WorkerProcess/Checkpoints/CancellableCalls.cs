using Mono.Cecil;
using Mono.Cecil.Cil;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Gives the run's token to framework calls that take one and were given none.</summary>
/// <remarks>
/// <code>
/// ... , token                     ldloca given; call RunTokens.Join
/// call Task M(..., token)         call Task M(..., token)
///                                 ldloc given; call RunTokens.Settle
/// </code>
/// The token is the last argument, so it lies on top of the stack, whatever is below.
/// </remarks>
internal sealed class CancellableCalls(ModuleDefinition module, OwnTypes types)
{
    private readonly Dictionary<MethodReference, bool> known = [];
    private MethodReference? join;
    private MethodReference? joinSteps;

    /// <summary>Whether a method of another assembly takes a token last and returns what is awaited.</summary>
    public bool IsMatch(MethodReference target)
    {
        MethodReference method = target.GetElementMethod();
        if (!known.TryGetValue(method, out bool matches))
        {
            matches = Judge(method);
            known.Add(method, matches);
        }

        return matches;
    }

    public void Weave(MethodEditor editor)
    {
        VariableDefinition? given = null;
        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodReference target && IsMatch(target))
            {
                given ??= editor.AddLocal(module.TypeSystem.Boolean);
                instruction = Weave(editor, instruction, given);
            }
        }
    }

    private Instruction Weave(MethodEditor editor, Instruction call, VariableDefinition given)
    {
        var target = (MethodReference)call.Operand;
        bool isConstrained = call.Previous is { OpCode.Code: Code.Constrained };
        Instruction first = isConstrained ? call.Previous! : call;
        MethodReference joined = IsSequence(target.ReturnType)
            ? joinSteps ??= MakeJoin(target, nameof(RunTokens.JoinSteps))
            : join ??= MakeJoin(target, nameof(RunTokens.Join));
        List<Instruction> code = [Instruction.Create(OpCodes.Call, joined), Copy(first)];
        if (isConstrained)
        {
            // Nothing comes between a prefix and its call.
            code.Add(Copy(call));
            call.OpCode = OpCodes.Nop;
            call.Operand = null;
        }

        code.Add(Instruction.Create(OpCodes.Ldloc, given));
        code.Add(Instruction.Create(OpCodes.Call, Settle(target)));

        // The first instruction becomes the first of the new ones, so that branches to it need no change.
        first.OpCode = OpCodes.Ldloca;
        first.Operand = given;
        editor.InsertAfter(call, [.. code]);
        return code[^1];
    }

    private static Instruction Copy(Instruction instruction)
    {
        Instruction copy = Instruction.Create(OpCodes.Nop);
        copy.OpCode = instruction.OpCode;
        copy.Operand = instruction.Operand;
        return copy;
    }

    private static bool Judge(MethodReference method) =>
        method.Parameters is [.., { ParameterType: { MetadataType: MetadataType.ValueType, Namespace: "System.Threading", Name: "CancellationToken" } }]
        && IsAwaited(method.ReturnType)
        && method.DeclaringType.GetElementType() is { Scope: AssemblyNameReference assembly } type
        && ReplacementTable.IsFrameworks(assembly)

        // These do not pass it on, or do not wait for what they do.
        && type.FullName is not ("System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1" or "System.Threading.Tasks.TaskFactory" or "System.Threading.Tasks.TaskFactory`1");

    private static bool IsAwaited(TypeReference type) => IsSequence(type)
        || type.GetElementType() is { Namespace: "System.Threading.Tasks", Name: "Task" or "Task`1" or "ValueTask" or "ValueTask`1" };

    private static bool IsSequence(TypeReference type) =>
        type.GetElementType() is { Namespace: "System.Collections.Generic", Name: "IAsyncEnumerable`1" };

    private MethodReference MakeJoin(MethodReference target, string name)
    {
        TypeReference token = target.Parameters[^1].ParameterType;
        var reference = new MethodReference(name, token, types.Get(typeof(RunTokens)));
        reference.Parameters.Add(new ParameterDefinition(token));
        reference.Parameters.Add(new ParameterDefinition(new ByReferenceType(module.TypeSystem.Boolean)));
        return reference;
    }

    private MethodReference Settle(MethodReference target)
    {
        TypeReference returned = target.ReturnType;
        TypeReference element = returned.GetElementType();
        var reference = new MethodReference(nameof(RunTokens.Settle), module.TypeSystem.Void, types.Get(typeof(RunTokens)));
        if (returned is not GenericInstanceType result)
        {
            return Complete(returned);
        }

        var variable = new GenericParameter(reference);
        reference.GenericParameters.Add(variable);
        var open = new GenericInstanceType(element);
        open.GenericArguments.Add(variable);
        var instance = new GenericInstanceMethod(Complete(open));
        instance.GenericArguments.Add(Actual(result.GenericArguments[0], target));
        return instance;

        MethodReference Complete(TypeReference type)
        {
            reference.ReturnType = type;
            reference.Parameters.Add(new ParameterDefinition(type));
            reference.Parameters.Add(new ParameterDefinition(module.TypeSystem.Boolean));
            return reference;
        }
    }

    /// <summary>A type of the signature as the call site knows it: its variables are those of the type or method that is called.</summary>
    private static TypeReference Actual(TypeReference type, MethodReference target) => type switch
    {
        GenericParameter { Type: GenericParameterType.Type } variable => ((GenericInstanceType)target.DeclaringType).GenericArguments[variable.Position],
        GenericParameter variable => ((GenericInstanceMethod)target).GenericArguments[variable.Position],
        GenericInstanceType instance => Instantiate(instance, target),
        ArrayType array => new ArrayType(Actual(array.ElementType, target), array.Rank),
        _ => type,
    };

    private static GenericInstanceType Instantiate(GenericInstanceType type, MethodReference target)
    {
        var actual = new GenericInstanceType(type.ElementType);
        foreach (TypeReference argument in type.GenericArguments)
        {
            actual.GenericArguments.Add(Actual(argument, target));
        }

        return actual;
    }
}
