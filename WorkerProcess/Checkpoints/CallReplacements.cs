using Mono.Cecil;
using Mono.Cecil.Cil;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Replaces, in one module, calls of framework methods and delegates to them.</summary>
internal sealed class CallReplacements
{
    private readonly ModuleDefinition module;
    private readonly OwnTypes types;
    private readonly ReplacementTable table;
    private readonly Dictionary<MethodReference, Replacement[]> known = [];
    private readonly Dictionary<(MethodReference, Replacement), MethodReference> references = [];

    public CallReplacements(ModuleDefinition module, OwnTypes types, ReplacementTable table)
    {
        this.module = module;
        this.types = types;
        this.table = table;
    }

    /// <summary>What replaces an instruction's method; null when it stays.</summary>
    /// <param name="instruction">Whose operand is a method of another assembly.</param>
    /// <param name="caller">The method it stands in.</param>
    public Replacement? Find(Instruction instruction, MethodDefinition caller)
    {
        if (instruction.Operand is not MethodReference target)
        {
            return null;
        }

        MethodReference method = target.GetElementMethod();
        if (!known.TryGetValue(method, out Replacement[]? candidates))
        {
            candidates = table.Find(method);
            known.Add(method, candidates);
        }

        foreach (Replacement candidate in candidates)
        {
            if (IsInScope(candidate, caller) && CanReplace(candidate, instruction, method))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Replaces all that <see cref="Find"/> finds in a method.</summary>
    public void Weave(MethodEditor editor)
    {
        for (Instruction? instruction = editor.First; instruction is not null; instruction = instruction.Next)
        {
            if (instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn or Code.Ldvirtftn && Find(instruction, editor.Method) is { } replacement)
            {
                instruction = Replace(editor, instruction, replacement);
            }
        }
    }

    private static bool IsInScope(Replacement replacement, MethodDefinition caller) => replacement.Scope switch
    {
        ReplacementScope.InAsync => StateMachines.IsAsyncMoveNext(caller),
        ReplacementScope.OutsideAsync => !StateMachines.IsAsyncMoveNext(caller),
        _ => true,
    };

    private static bool CanReplace(Replacement replacement, Instruction instruction, MethodReference method) => instruction.OpCode.Code switch
    {
        Code.Newobj => true,

        // base.M() in an override of M: the replacement would call the override again. base(): makes no object.
        Code.Call => !(method.HasThis && replacement.IsOfVirtual) && !Replacement.IsConstructor(method),

        // What the receiver is, and so whether it has to be boxed, is known where the code runs.
        Code.Callvirt => instruction.Previous is not { OpCode.Code: Code.Constrained },

        // A delegate may be closed over the first argument of a static method, if that is an object. A bare pointer to an
        // instance method has another calling convention.
        Code.Ldftn or Code.Ldvirtftn => !method.HasThis || (!replacement.IsOfStruct && IsDelegateMade(instruction)
            && (instruction.OpCode.Code == Code.Ldvirtftn || !replacement.IsOfVirtual)),
        _ => false,
    };

    private static bool IsDelegateMade(Instruction pointer) => pointer.Next is
    {
        OpCode.Code: Code.Newobj,
        Operand: MethodReference { Parameters: [{ ParameterType.MetadataType: MetadataType.Object }, { ParameterType.MetadataType: MetadataType.IntPtr }] },
    };

    /// <returns>The last instruction of what there is now.</returns>
    private Instruction Replace(MethodEditor editor, Instruction instruction, Replacement replacement)
    {
        var target = (MethodReference)instruction.Operand;
        switch (instruction.OpCode.Code)
        {
            case Code.Ldvirtftn:
                // Stays for its look at the receiver, which must not be null.
                Instruction pointer = Instruction.Create(OpCodes.Ldftn, Call(target, replacement));
                editor.InsertAfter(instruction, Instruction.Create(OpCodes.Pop), pointer);
                return pointer;
            case Code.Ldftn when target.HasThis:
                // The delegate as it was is made first: it refuses a receiver that is null, while one to a static method takes it.
                // Branches to the instruction come to the dup.
                Instruction closed = Instruction.Create(OpCodes.Ldftn, Call(target, replacement));
                editor.InsertAfter(
                    instruction,
                    Instruction.Create(OpCodes.Ldftn, target),
                    Instruction.Create(OpCodes.Newobj, (MethodReference)instruction.Next.Operand),
                    Instruction.Create(OpCodes.Pop),
                    closed);
                instruction.OpCode = OpCodes.Dup;
                instruction.Operand = null;
                return closed;
            case Code.Callvirt or Code.Newobj:
                instruction.OpCode = OpCodes.Call;
                break;
        }

        instruction.Operand = Call(target, replacement);
        return instruction;
    }

    private MethodReference Call(MethodReference target, Replacement replacement)
    {
        MethodReference method = target.GetElementMethod();
        if (!references.TryGetValue((method, replacement), out MethodReference? reference))
        {
            reference = MakeReference(method, replacement);
            references.Add((method, replacement), reference);
        }

        if (replacement.GenericParameters == 0)
        {
            return reference;
        }

        var instance = new GenericInstanceMethod(reference);
        foreach (TypeReference argument in (method.DeclaringType as GenericInstanceType)?.GenericArguments ?? [])
        {
            instance.GenericArguments.Add(argument);
        }

        foreach (TypeReference argument in (target as GenericInstanceMethod)?.GenericArguments ?? [])
        {
            instance.GenericArguments.Add(argument);
        }

        return instance;
    }

    // With the types of the module's own reference: they are the framework's, whichever assemblies it refers to for them.
    private MethodReference MakeReference(MethodReference method, Replacement replacement)
    {
        var reference = new MethodReference(replacement.Method.Name, module.TypeSystem.Void, types.Get(replacement.Method.DeclaringType!));
        for (int i = 0; i < replacement.GenericParameters; i++)
        {
            reference.GenericParameters.Add(new GenericParameter(reference));
        }

        bool isConstructor = Replacement.IsConstructor(method);
        if (method.HasThis && !isConstructor)
        {
            reference.Parameters.Add(new ParameterDefinition(Receiver(method, replacement, reference)));
        }

        foreach (ParameterDefinition parameter in method.Parameters)
        {
            reference.Parameters.Add(new ParameterDefinition(Substitute(parameter.ParameterType)));
        }

        reference.ReturnType = isConstructor ? method.DeclaringType.GetElementType() : Substitute(method.ReturnType);
        return reference;

        TypeReference Substitute(TypeReference type) => type switch
        {
            GenericParameter variable => reference.GenericParameters[variable.Position + (variable.Type == GenericParameterType.Method ? replacement.TypeParameters : 0)],
            IModifierType modified => Substitute(modified.ElementType),
            ByReferenceType byReference => new ByReferenceType(Substitute(byReference.ElementType)),
            ArrayType { IsVector: true } array => new ArrayType(Substitute(array.ElementType)),
            GenericInstanceType instance => Instantiate(instance.ElementType, instance.GenericArguments.Select(Substitute)),
            _ => type,
        };
    }

    private static TypeReference Receiver(MethodReference method, Replacement replacement, MethodReference reference)
    {
        TypeReference type = method.DeclaringType.GetElementType();
        if (replacement.IsOfStruct)
        {
            // A reference that is only called on does not tell.
            type.IsValueType = true;
        }

        TypeReference receiver = replacement.TypeParameters == 0 ? type : Instantiate(type, reference.GenericParameters.Take(replacement.TypeParameters));
        return replacement.IsOfStruct ? new ByReferenceType(receiver) : receiver;
    }

    private static GenericInstanceType Instantiate(TypeReference type, IEnumerable<TypeReference> arguments)
    {
        var instance = new GenericInstanceType(type);
        foreach (TypeReference argument in arguments)
        {
            instance.GenericArguments.Add(argument);
        }

        return instance;
    }
}
