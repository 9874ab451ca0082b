using System.Reflection;
using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>References from one module to the hooks, made on first use.</summary>
/// <remarks>Made by hand: Cecil's import from reflection would add this process's System.Private.CoreLib to the module.</remarks>
internal sealed class HookReferences
{
    private readonly ModuleDefinition module;
    private readonly HookSignatures signatures;
    private readonly Dictionary<string, MethodReference> references = new(StringComparer.Ordinal);
    private TypeReference? type;

    public HookReferences(ModuleDefinition module, HookSignatures signatures)
    {
        this.module = module;
        this.signatures = signatures;
    }

    public MethodReference Poll => Get(nameof(WovenCode.Poll));

    public MethodReference EnterCleanup => Get(nameof(WovenCode.EnterCleanup));

    public MethodReference ExitCleanup => Get(nameof(WovenCode.ExitCleanup));

    public MethodReference EnterAsyncCleanup => Get(nameof(WovenCode.EnterAsyncCleanup));

    public MethodReference ExitAsyncCleanup => Get(nameof(WovenCode.ExitAsyncCleanup));

    public MethodReference EnterFilter => Get(nameof(WovenCode.EnterFilter));

    public MethodReference ExitFilter => Get(nameof(WovenCode.ExitFilter));

    public MethodReference EnterCatch => Get(nameof(WovenCode.EnterCatch));

    public MethodReference PassesCatchAll => Get(nameof(WovenCode.PassesCatchAll));

    public MethodReference PassesInterruptCatch => Get(nameof(WovenCode.PassesInterruptCatch));

    public MethodReference Caught => Get(nameof(WovenCode.Caught));

    public MethodReference CaughtForNow => Get(nameof(WovenCode.CaughtForNow));

    public MethodReference CatchLeft => Get(nameof(WovenCode.CatchLeft));

    public MethodReference CatchRethrows => Get(nameof(WovenCode.CatchRethrows));

    public MethodReference GuardStack => Get(nameof(WovenCode.GuardStack));

    public MethodReference Exit => Get(nameof(WovenCode.Exit));

    private MethodReference Get(string name)
    {
        if (references.TryGetValue(name, out MethodReference? reference))
        {
            return reference;
        }

        MethodInfo method = signatures[name];
        type ??= MakeType(signatures.Type);
        reference = new MethodReference(name, Primitive(method.ReturnType), type);
        foreach (System.Reflection.ParameterInfo parameter in method.GetParameters())
        {
            reference.Parameters.Add(new ParameterDefinition(Primitive(parameter.ParameterType)));
        }

        references.Add(name, reference);
        return reference;
    }

    private TypeReference MakeType(Type hooks)
    {
        if (hooks.DeclaringType is { } outer)
        {
            return new TypeReference(string.Empty, hooks.Name, module, null) { DeclaringType = MakeType(outer) };
        }

        return new TypeReference(hooks.Namespace ?? string.Empty, hooks.Name, module, FindAssembly());
    }

    private AssemblyNameReference FindAssembly()
    {
        foreach (AssemblyNameReference existing in module.AssemblyReferences)
        {
            if (string.Equals(existing.Name, signatures.AssemblyName, StringComparison.Ordinal))
            {
                return existing;
            }
        }

        var reference = new AssemblyNameReference(signatures.AssemblyName, signatures.Assembly.Version) { PublicKeyToken = signatures.Assembly.GetPublicKeyToken() };
        module.AssemblyReferences.Add(reference);
        return reference;
    }

    private TypeReference Primitive(Type parameter)
    {
        TypeSystem types = module.TypeSystem;
        return parameter == typeof(void) ? types.Void
            : parameter == typeof(object) ? types.Object
            : parameter == typeof(bool) ? types.Boolean
            : parameter == typeof(int) ? types.Int32
            : parameter == typeof(nuint) ? types.UIntPtr
            : throw new NotSupportedException($"A hook takes or returns {parameter}.");
    }
}
