using System.Reflection;
using System.Text;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>A method that is offered to Python.</summary>
/// <param name="Name">Its name in Python.</param>
/// <param name="Method">The method.</param>
internal sealed record HostFunction(string Name, MethodInfo Method)
{
    /// <summary>Its parameters.</summary>
    public ParameterInfo[] Parameters { get; } = Method.GetParameters();

    /// <summary>The methods that an assembly offers.</summary>
    /// <exception cref="InvalidOperationException">The assembly cannot be used.</exception>
    public static IEnumerable<HostFunction> In(string path)
    {
        Assembly assembly;
        try
        {
            assembly = new HostLoadContext(path).LoadFromAssemblyPath(path);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            throw new InvalidOperationException($"The host assembly {path} cannot be loaded: {exception.Message}", exception);
        }

        const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods(all)))
        {
            if (method.GetCustomAttribute<HostFunctionAttribute>() is not { } offered)
            {
                continue;
            }

            if (!method.IsPublic || !method.IsStatic || method.ContainsGenericParameters || !method.DeclaringType!.IsVisible)
            {
                throw new InvalidOperationException($"The host function {method.DeclaringType}.{method.Name} is to be a public static method of a public type, without type parameters.");
            }

            yield return new HostFunction(offered.Name ?? SnakeCase(method.Name), method);
        }
    }

    /// <summary><c>BlockingSleep</c> is <c>blocking_sleep</c>; <c>ReadHTMLPage</c> is <c>read_html_page</c>.</summary>
    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var index = 0; index < name.Length; index++)
        {
            var starts = char.IsUpper(name[index]) && index > 0
                && (!char.IsUpper(name[index - 1]) || (index + 1 < name.Length && char.IsLower(name[index + 1])));
            text.Append(starts && name[index - 1] != '_' ? "_" : "").Append(char.ToLowerInvariant(name[index]));
        }

        return text.ToString();
    }
}
