using System.Reflection;
using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>References from one module to the hooks, made on first use.</summary>
internal sealed class HookReferences
{
    private readonly ModuleDefinition module;
    private readonly HookSignatures signatures;
    private readonly Dictionary<string, MethodReference> references = new(StringComparer.Ordinal);
    private readonly OwnTypes types;

    public HookReferences(ModuleDefinition module, OwnTypes types, HookSignatures signatures)
    {
        this.module = module;
        this.types = types;
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

    private MethodReference Get(string name)
    {
        if (references.TryGetValue(name, out MethodReference? reference))
        {
            return reference;
        }

        MethodInfo method = signatures[name];
        reference = new MethodReference(name, Primitive(method.ReturnType), types.Get(signatures.Type));
        foreach (System.Reflection.ParameterInfo parameter in method.GetParameters())
        {
            reference.Parameters.Add(new ParameterDefinition(Primitive(parameter.ParameterType)));
        }

        references.Add(name, reference);
        return reference;
    }

    private TypeReference Primitive(Type parameter)
    {
        TypeSystem primitives = module.TypeSystem;
        return parameter == typeof(void) ? primitives.Void
            : parameter == typeof(object) ? primitives.Object
            : parameter == typeof(bool) ? primitives.Boolean
            : parameter == typeof(int) ? primitives.Int32
            : parameter == typeof(nuint) ? primitives.UIntPtr
            : throw new NotSupportedException($"A hook takes or returns {parameter}.");
    }
}
