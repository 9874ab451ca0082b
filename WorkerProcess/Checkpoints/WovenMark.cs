using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Marks woven assemblies, since weaving one again would do everything twice: <c>[AssemblyMetadata("ProcInterrupt.Woven", "1")]</c>.</summary>
internal static class WovenMark
{
    private const string Key = "ProcInterrupt.Woven";
    private const string AttributeName = "AssemblyMetadataAttribute";

    public static bool IsOn(ModuleDefinition module)
    {
        foreach (CustomAttribute attribute in Owner(module).CustomAttributes)
        {
            if (attribute.AttributeType.Name == AttributeName && attribute.ConstructorArguments is [{ Value: Key }, _])
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsOn(System.Reflection.Assembly assembly) =>
        System.Reflection.CustomAttributeExtensions.GetCustomAttributes<System.Reflection.AssemblyMetadataAttribute>(assembly).Any(static mark => mark.Key == Key);

    public static void Put(ModuleDefinition module)
    {
        TypeSystem types = module.TypeSystem;
        var constructor = new MethodReference(".ctor", types.Void, new TypeReference("System.Reflection", AttributeName, module, types.CoreLibrary)) { HasThis = true };
        constructor.Parameters.Add(new ParameterDefinition(types.String));
        constructor.Parameters.Add(new ParameterDefinition(types.String));
        var attribute = new CustomAttribute(constructor);
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(types.String, Key));
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(types.String, "1"));
        Owner(module).CustomAttributes.Add(attribute);
    }

    private static ICustomAttributeProvider Owner(ModuleDefinition module) => module.Assembly is { } assembly ? assembly : module;
}
