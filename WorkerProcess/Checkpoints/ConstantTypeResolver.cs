using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Answers the one question Cecil asks of other assemblies when it writes: what number is behind the enum of a constant.</summary>
/// <remarks>The answer stands in the module itself, as the type of the constant's stored value.</remarks>
internal sealed class ConstantTypeResolver : IMetadataResolver
{
    private readonly MetadataResolver local = new(NoAssemblies.Instance);
    private ModuleDefinition? scanned;
    private Dictionary<string, TypeDefinition>? enums;

    public TypeDefinition? Resolve(TypeReference type)
    {
        TypeReference element = type.GetElementType();
        if (element.Scope is ModuleDefinition)
        {
            return local.Resolve(element);
        }

        if (enums is null || scanned != element.Module)
        {
            scanned = element.Module;
            enums = FindEnums(element.Module);
        }

        return enums.GetValueOrDefault(element.FullName);
    }

    public FieldDefinition? Resolve(FieldReference field) => field.DeclaringType.GetElementType().Scope is ModuleDefinition ? local.Resolve(field) : null;

    public MethodDefinition? Resolve(MethodReference method) => method.DeclaringType.GetElementType().Scope is ModuleDefinition ? local.Resolve(method) : null;

    private static Dictionary<string, TypeDefinition> FindEnums(ModuleDefinition module)
    {
        var found = new Dictionary<string, TypeDefinition>(StringComparer.Ordinal);
        foreach (TypeDefinition type in module.GetTypes())
        {
            foreach (FieldDefinition field in type.Fields)
            {
                Add(field, field.FieldType);
            }

            foreach (MethodDefinition method in type.Methods)
            {
                foreach (ParameterDefinition parameter in method.Parameters)
                {
                    Add(parameter, parameter.ParameterType);
                }
            }

            foreach (PropertyDefinition property in type.Properties)
            {
                Add(property, property.PropertyType);
            }
        }

        return found;

        void Add(IConstantProvider owner, TypeReference type)
        {
            if (type is not TypeDefinition && type.IsValueType && owner.HasConstant && owner.Constant is { } value)
            {
                found.TryAdd(type.FullName, MakeEnum(module, type, value));
            }
        }
    }

    private static TypeDefinition MakeEnum(ModuleDefinition module, TypeReference type, object value)
    {
        TypeSystem types = module.TypeSystem;
        TypeReference underlying = Type.GetTypeCode(value.GetType()) switch
        {
            TypeCode.Boolean => types.Boolean,
            TypeCode.Char => types.Char,
            TypeCode.SByte => types.SByte,
            TypeCode.Byte => types.Byte,
            TypeCode.Int16 => types.Int16,
            TypeCode.UInt16 => types.UInt16,
            TypeCode.UInt32 => types.UInt32,
            TypeCode.Int64 => types.Int64,
            TypeCode.UInt64 => types.UInt64,
            _ => types.Int32,
        };
        var definition = new TypeDefinition(type.Namespace, type.Name, TypeAttributes.Sealed, new TypeReference("System", "Enum", module, types.CoreLibrary));
        definition.Fields.Add(new FieldDefinition("value__", FieldAttributes.SpecialName | FieldAttributes.RTSpecialName, underlying));
        return definition;
    }
}
