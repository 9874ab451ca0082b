using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Reads what instructions do to locals and arguments, which are <see cref="VariableDefinition"/> and <see cref="ParameterDefinition"/> here.</summary>
internal static class Variables
{
    public static bool IsLoad(Instruction instruction) => instruction.OpCode.Code
        is Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3 or Code.Ldloc_S or Code.Ldloc
        or Code.Ldarg_0 or Code.Ldarg_1 or Code.Ldarg_2 or Code.Ldarg_3 or Code.Ldarg_S or Code.Ldarg;

    /// <summary>The variable an instruction loads, or null.</summary>
    public static object? LoadedBy(MethodEditor editor, Instruction instruction) => instruction.OpCode.Code switch
    {
        >= Code.Ldloc_0 and <= Code.Ldloc_3 => editor.Method.Body.Variables[instruction.OpCode.Code - Code.Ldloc_0],
        >= Code.Ldarg_0 and <= Code.Ldarg_3 => editor.Argument(instruction.OpCode.Code - Code.Ldarg_0),
        Code.Ldloc or Code.Ldloc_S or Code.Ldarg or Code.Ldarg_S => instruction.Operand,
        _ => null,
    };

    /// <summary>The variable an instruction assigns, or null.</summary>
    public static object? AssignedBy(MethodEditor editor, Instruction instruction) => instruction.OpCode.Code switch
    {
        >= Code.Stloc_0 and <= Code.Stloc_3 => editor.Method.Body.Variables[instruction.OpCode.Code - Code.Stloc_0],
        Code.Stloc or Code.Stloc_S or Code.Starg or Code.Starg_S => instruction.Operand,
        _ => null,
    };

    public static TypeReference TypeOf(object variable) => variable is VariableDefinition local ? local.VariableType : ((ParameterDefinition)variable).ParameterType;

    public static Instruction Load(object variable) =>
        variable is VariableDefinition local ? Instruction.Create(OpCodes.Ldloc, local) : Instruction.Create(OpCodes.Ldarg, (ParameterDefinition)variable);

    public static Instruction Store(object variable) =>
        variable is VariableDefinition local ? Instruction.Create(OpCodes.Stloc, local) : Instruction.Create(OpCodes.Starg, (ParameterDefinition)variable);

    /// <summary>Whether a variable of the type can be in one register.</summary>
    public static bool FitsRegister(TypeReference type) => type.MetadataType switch
    {
        MetadataType.Boolean or MetadataType.Char or MetadataType.SByte or MetadataType.Byte or MetadataType.Int16 or MetadataType.UInt16
            or MetadataType.Int32 or MetadataType.UInt32 or MetadataType.Int64 or MetadataType.UInt64 or MetadataType.IntPtr or MetadataType.UIntPtr
            or MetadataType.Single or MetadataType.Double or MetadataType.Object or MetadataType.String or MetadataType.Class or MetadataType.Array
            or MetadataType.Pointer or MetadataType.ByReference => true,
        MetadataType.GenericInstance => !type.IsValueType,
        _ => false,
    };
}
