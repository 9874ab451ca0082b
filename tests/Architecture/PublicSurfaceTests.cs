using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Architecture;

/// <summary>The public surface changes only on purpose.</summary>
/// <remarks>After a change that is meant: run with PROCINTERRUPT_ACCEPT_SURFACE=1 and commit the snapshot.</remarks>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("ProcInterrupt.Shared")]
    [InlineData("ProcInterrupt.Controller")]
    public void Is_what_the_snapshot_says(string assembly)
    {
        var actual = Describe(Assembly.Load(assembly));
        var snapshot = Repository.PathOf("tests", "Architecture", $"{assembly}.txt");
        if (Environment.GetEnvironmentVariable("PROCINTERRUPT_ACCEPT_SURFACE") == "1")
        {
            File.WriteAllText(snapshot, actual);
        }

        Assert.Equal(File.ReadAllText(snapshot), actual);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(type => type.Namespace != "MessagePack").OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append(type.BaseType is { } parent && parent != typeof(object) ? $" : {Name(parent)}" : "").Append('\n');
            const BindingFlags declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            var lines = type.GetMembers(declared).Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute)) || member is ConstructorInfo).Select(Line).OfType<string>();
            foreach (var line in lines.Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: true } => null,
        FieldInfo field => field.IsLiteral ? $"{field.Name} = {field.GetRawConstantValue()}" : $"{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{{(property.CanRead ? " get;" : "")}{(property.SetMethod is { IsPublic: true } set ? IsInit(set) ? " init;" : " set;" : "")} }}",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: true } => null,
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        _ => null,
    };

    private static bool IsInit(MethodInfo set) => set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = ..." : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
