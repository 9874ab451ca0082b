using System.Reflection;
using System.Text;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>A method that is offered to Python.</summary>
/// <param name="Name">Its name in Python.</param>
/// <param name="Method">The method.</param>
internal sealed record HostFunction(string Name, MethodInfo Method)
{
    /// <summary>Its parameters.</summary>
    public ParameterInfo[] Parameters { get; } = Method.GetParameters();

    /// <summary>The methods that assemblies offer.</summary>
    /// <exception cref="InvalidOperationException">An assembly cannot be used, or two functions have one name.</exception>
    public static IReadOnlyList<HostFunction> In(IEnumerable<string> paths, IWeaver weaver)
    {
        var offered = new List<HostFunction>();
        foreach (var function in paths.SelectMany(path => In(path, weaver)))
        {
            if (offered.Find(earlier => earlier.Name == function.Name) is { } other)
            {
                throw new InvalidOperationException($"Two host functions are called {function.Name}: {Describe(other.Method)} and {Describe(function.Method)}.");
            }

            offered.Add(function);
        }

        return offered;
    }

    private static List<HostFunction> In(string path, IWeaver weaver)
    {
        IEnumerable<MethodInfo> methods;
        try
        {
            const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            methods = [.. new HostLoadContext(path, weaver).LoadHost().GetTypes().SelectMany(type => type.GetMethods(all))];
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or ReflectionTypeLoadException)
        {
            throw new InvalidOperationException($"The host assembly {path} cannot be loaded: {exception.Message}", exception);
        }

        var functions = new List<HostFunction>();
        foreach (var method in methods)
        {
            if (method.GetCustomAttribute<HostFunctionAttribute>() is not { } attribute)
            {
                continue;
            }

            if (!method.IsPublic || !method.IsStatic || method.ContainsGenericParameters || !method.DeclaringType!.IsVisible)
            {
                throw new InvalidOperationException($"The host function {Describe(method)} is to be a public static method of a public type, without type parameters.");
            }

            functions.Add(new HostFunction(attribute.Name ?? SnakeCase(method.Name), method));
        }

        return functions;
    }

    private static string Describe(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";

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
