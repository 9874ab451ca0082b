using System.Reflection;
using Mono.Cecil;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The methods that woven code calls in place of the framework's: built once, serves all modules and threads.</summary>
internal sealed class ReplacementTable
{
    private readonly Dictionary<string, List<Lazy<Replacement[]>>> types = new(StringComparer.Ordinal);

    /// <param name="classes">Public static classes marked with <see cref="ReplacesAttribute"/>. Where two have the same method, the first one's is called.</param>
    /// <exception cref="ArgumentException">A class is not public, or not marked.</exception>
    public ReplacementTable(params IEnumerable<Type> classes)
    {
        foreach (Type type in classes)
        {
            if (!type.IsVisible || type.GetCustomAttribute<ReplacesAttribute>() is not { } mark)
            {
                throw new ArgumentException($"{type} must be public, since other assemblies call it, and marked.", nameof(classes));
            }

            Add(mark.Replaced.FullName!, () => type);
        }
    }

    /// <param name="assembly">All that it has.</param>
    /// <param name="first">Classes that go before those of the assembly.</param>
    public ReplacementTable(Assembly assembly, params IEnumerable<Type> first)
        : this(first)
    {
        foreach ((string name, string replaced) in MarkedClasses.In(assembly))
        {
            Add(replaced, () => assembly.GetType(name, throwOnError: true)!);
        }
    }

    /// <summary>All that stand for a method; they differ in their scope.</summary>
    /// <param name="method">A method of another assembly, without type arguments of its own.</param>
    public Replacement[] Find(MethodReference method)
    {
        TypeReference type = method.DeclaringType;
        if (type is TypeSpecification and not GenericInstanceType || !types.TryGetValue(type.GetElementType().FullName, out List<Lazy<Replacement[]>>? classes)
            || !IsFrameworks(type.Scope))
        {
            return [];
        }

        var found = new List<Replacement>();
        foreach (Lazy<Replacement[]> one in classes)
        {
            found.AddRange(one.Value.Where(r => r.StandsFor(method)));
        }

        return [.. found];
    }

    // Most types are never called: their methods are looked at when one is.
    private void Add(string replaced, Func<Type> find)
    {
        // As Cecil writes it.
        string name = replaced.Replace('+', '/');
        if (!types.TryGetValue(name, out List<Lazy<Replacement[]>>? known))
        {
            types.Add(name, known = []);
        }

        known.Add(new Lazy<Replacement[]>(() => Read(find())));
    }

    private static Replacement[] Read(Type type)
    {
        ReplacesAttribute mark = type.GetCustomAttribute<ReplacesAttribute>()!;
        return [.. type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(m => new Replacement(m, mark.Replaced, mark.Scope))];
    }

    // Other assemblies, this one among them, may have types of the same names, for frameworks that lack them.
    public static bool IsFrameworks(IMetadataScope scope) => scope.MetadataScopeType == MetadataScopeType.AssemblyNameReference
        && (scope.Name.StartsWith("System", StringComparison.Ordinal) || scope.Name is "mscorlib" or "netstandard" or "Microsoft.Bcl.AsyncInterfaces");
}
