using System.Reflection;
using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Starts a submission as its <c>&lt;Factory&gt;</c> does, without compiling that.</summary>
/// <remarks>
/// The factory and what it calls up to the program's first statement are five methods that the JIT would compile for
/// each run, two of them generic over the submission's own struct. The program itself is the state machine's
/// <c>MoveNext</c>; making the machine by reflection and calling that saves a third of a trivial run's time. Names are
/// the compiler's (AsyncMethodBuilder pattern); where they are not found, the factory is called after all.
/// </remarks>
internal sealed class SubmissionStart
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string MachineName = "<<Initialize>>d__";

    private readonly ConstructorInfo constructor;
    private readonly Type machine;
    private readonly FieldInfo state;
    private readonly FieldInfo builder;
    private readonly FieldInfo? self;

    private SubmissionStart(ConstructorInfo constructor, Type machine, FieldInfo state, FieldInfo builder, FieldInfo? self)
    {
        this.constructor = constructor;
        this.machine = machine;
        this.state = state;
        this.builder = builder;
        this.self = self;
    }

    /// <summary>How a submission starts.</summary>
    /// <param name="submission">The class the compiler made for it.</param>
    /// <param name="factory">The name of its factory method.</param>
    public static Func<object?[], Task<object?>> Of(Type submission, string factory)
    {
        Type? machine = Array.Find(submission.GetNestedTypes(Declared), static t => t.Name.StartsWith(MachineName, StringComparison.Ordinal));
        return machine is not null
            && submission.GetConstructor(Declared, [typeof(object[])]) is { } constructor
            && machine.GetField("<>1__state", Declared) is { } state && state.FieldType == typeof(int)
            && machine.GetField("<>t__builder", Declared) is { } builder && builder.FieldType == typeof(AsyncTaskMethodBuilder<object?>)
            ? new SubmissionStart(constructor, machine, state, builder, machine.GetField("<>4__this", Declared)).Start
            : submission.GetMethod(factory, Declared)!.CreateDelegate<Func<object?[], Task<object?>>>();
    }

    private Task<object?> Start(object?[] instances)
    {
        object instance = constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [instances], culture: null);
        var program = (IAsyncStateMachine)RuntimeHelpers.GetUninitializedObject(machine);
        state.SetValue(program, -1);
        self?.SetValue(program, instance);

        // What the program changes in its flow up to its first wait (a culture, an AsyncLocal) ends here, as after the builder's Start.
        if (ExecutionContext.Capture() is { } flow)
        {
            ExecutionContext.Run(flow, static machine => ((IAsyncStateMachine)machine!).MoveNext(), program);
        }
        else
        {
            program.MoveNext();
        }

        return ((AsyncTaskMethodBuilder<object?>)builder.GetValue(program)!).Task;
    }
}
