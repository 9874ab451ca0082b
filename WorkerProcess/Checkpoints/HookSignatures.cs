using System.Reflection;
using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>The methods woven code calls, looked up once for all modules.</summary>
internal sealed class HookSignatures
{
    private readonly Dictionary<string, MethodInfo> methods = new(StringComparer.Ordinal);

    public HookSignatures(Type hooks)
    {
        if (!hooks.IsVisible)
        {
            throw new ArgumentException($"{hooks} must be public: other assemblies call it.", nameof(hooks));
        }

        Type = hooks;
        foreach (MethodInfo contract in typeof(WovenCode).GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            Type[] parameters = Array.ConvertAll(contract.GetParameters(), p => p.ParameterType);
            methods[contract.Name] = hooks.GetMethod(contract.Name, BindingFlags.Public | BindingFlags.Static, parameters)
                ?? throw new ArgumentException($"{hooks} lacks {contract.Name}.", nameof(hooks));
        }
    }

    public Type Type { get; }

    public MethodInfo this[string name] => methods[name];
}
