using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Makes the state machine of a script's top level a class, as the compiler does without optimisation.</summary>
/// <remarks>
/// As a struct it is what the runtime's methods for waiting are generic over: about ten that the JIT compiles anew for each
/// run, a millisecond that an interrupt of the run's first wait would wait for. All classes share one compiled
/// form. A top level runs once, so the allocation is nothing; async methods that are called again and again stay as they are.
/// </remarks>
internal static class TopLevelMachine
{
    private const string Name = "<<Initialize>>d__";

    public static void MakeClass(ModuleDefinition module)
    {
        foreach (TypeDefinition script in module.Types)
        {
            TypeDefinition? machine = script.NestedTypes.FirstOrDefault(static type => type.Name.StartsWith(Name, StringComparison.Ordinal));
            if (machine is { IsValueType: true, HasGenericParameters: false } && StateMachines.IsAsync(machine))
            {
                MakeClass(module, script, machine);
            }
        }
    }

    private static void MakeClass(ModuleDefinition module, TypeDefinition script, TypeDefinition machine)
    {
        machine.BaseType = module.TypeSystem.Object;
        machine.Attributes = (machine.Attributes & ~TypeAttributes.LayoutMask) | TypeAttributes.AutoLayout;
        MethodDefinition constructor = CreateConstructor(module);
        machine.Methods.Add(constructor);
        foreach (MethodDefinition method in machine.Methods.Where(static method => method.HasBody))
        {
            PassByReference(method.Body, machine);
        }

        foreach (MethodDefinition method in script.Methods.Where(static method => method.HasBody))
        {
            foreach (VariableDefinition variable in method.Body.Variables.Where(variable => variable.VariableType == machine))
            {
                Construct(method.Body, variable, constructor);
            }
        }
    }

    private static MethodDefinition CreateConstructor(ModuleDefinition module)
    {
        const MethodAttributes attributes = MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName;
        var constructor = new MethodDefinition(".ctor", attributes, module.TypeSystem.Void);
        ILProcessor il = constructor.Body.GetILProcessor();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, new MethodReference(".ctor", module.TypeSystem.Void, module.TypeSystem.Object) { HasThis = true });
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    /// <summary>In the machine's own code <c>this</c> was its address, and is the object now; the builder wants the address of a variable.</summary>
    private static void PassByReference(MethodBody body, TypeDefinition machine)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.OpCode == OpCodes.Ldarg_0 && TakesMachine(instruction.Next, machine))
            {
                instruction.OpCode = OpCodes.Ldarga;
                instruction.Operand = body.ThisParameter;
            }
        }
    }

    /// <summary>The method that starts it: makes the object first, and loads it where it loaded the address.</summary>
    private static void Construct(MethodBody body, VariableDefinition variable, MethodDefinition constructor)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.OpCode.Code is Code.Ldloca_S or Code.Ldloca && instruction.Operand == variable
                && !TakesMachine(instruction.Next, constructor.DeclaringType))
            {
                instruction.OpCode = OpCodes.Ldloc;
            }
        }

        ILProcessor il = body.GetILProcessor();
        Instruction first = body.Instructions[0];
        il.InsertBefore(first, il.Create(OpCodes.Newobj, constructor));
        il.InsertBefore(first, il.Create(OpCodes.Stloc, variable));
    }

    /// <summary>Whether a call takes a reference to the machine as its last argument: <c>Start</c>, <c>AwaitOnCompleted</c>, <c>AwaitUnsafeOnCompleted</c>.</summary>
    private static bool TakesMachine(Instruction? next, TypeDefinition machine) =>
        next?.Operand is GenericInstanceMethod call && call.GenericArguments[^1] == machine && call.Parameters[^1].ParameterType.IsByReference;
}
