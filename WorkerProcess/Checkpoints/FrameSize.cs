using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Estimates the bytes of a method's locals, as far as the module itself knows its types.</summary>
internal static class FrameSize
{
    /// <summary>Frames above this ask the recursion guard for more than the headroom.</summary>
    public const int Large = 16 * 1024;

    private const int MaxDepth = 16;
    private const int UnknownStructBytes = 32;

    public static int Estimate(MethodDefinition method)
    {
        long bytes = 0;
        foreach (Mono.Cecil.Cil.VariableDefinition local in method.Body.Variables)
        {
            bytes += SizeOf(local.VariableType, 0);
        }

        return (int)Math.Min(bytes, int.MaxValue / 2);
    }

    private static long SizeOf(TypeReference type, int depth)
    {
        switch (type.MetadataType)
        {
            case MetadataType.Pinned or MetadataType.OptionalModifier or MetadataType.RequiredModifier:
                return SizeOf(((TypeSpecification)type).ElementType, depth);
            case MetadataType.ValueType or MetadataType.GenericInstance when type.IsValueType:
                break;
            default:
                return 8;
        }

        if (type.GetElementType() is not TypeDefinition definition || definition.IsEnum || depth == MaxDepth)
        {
            return UnknownStructBytes;
        }

        long bytes = 0;
        foreach (FieldDefinition field in definition.Fields)
        {
            bytes += field.IsStatic ? 0 : SizeOf(field.FieldType, depth + 1);
        }

        return Math.Max(bytes, definition.ClassSize) * InlineArrayLength(definition);
    }

    private static int InlineArrayLength(TypeDefinition type)
    {
        if (type.HasCustomAttributes)
        {
            foreach (CustomAttribute attribute in type.CustomAttributes)
            {
                if (attribute.AttributeType.Name == "InlineArrayAttribute" && attribute.ConstructorArguments is [{ Value: int length }])
                {
                    return length;
                }
            }
        }

        return 1;
    }
}
