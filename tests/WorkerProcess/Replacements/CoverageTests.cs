using System.Reflection;
using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Replacements;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Replacements;

/// <summary>Each overload that the framework has of a replaced method is replaced: a new one must not slip in with a new framework.</summary>
public sealed class CoverageTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Type[] Classes = [.. MarkedClasses.In(typeof(Weaver).Assembly).Select(static c => typeof(Weaver).Assembly.GetType(c.Class, throwOnError: true)!)];

    // They never wait, or take a token, which is the run's then; or what they are given returns no task.
    private static readonly string[] LeftAlone =
    [
        "Monitor.TryEnter(Object)",
        "Monitor.TryEnter(Object, ref Boolean)",
        "Lock.TryEnter(Lock)",
        "SpinLock.TryEnter(ref SpinLock, ref Boolean)",
        "BlockingCollection`1.TryAdd(BlockingCollection`1<0>, 0)",
        "BlockingCollection`1.TryTake(BlockingCollection`1<0>, ref 0)",
        "BlockingCollection`1.TryAddToAny(BlockingCollection`1<0>[], 0)",
        "BlockingCollection`1.TryTakeFromAny(BlockingCollection`1<0>[], ref 0)",
        "TaskAsyncEnumerableExtensions.ConfigureAwait(IAsyncDisposable, Boolean)",
        "Task.Run(Action)",
        "Task.Run(Action, CancellationToken)",
        "Task.Run(Func`1<0>)",
        "Task.Run(Func`1<0>, CancellationToken)",
        "SemaphoreSlim.WaitAsync(SemaphoreSlim, CancellationToken)",
        "SemaphoreSlim.WaitAsync(SemaphoreSlim, Int32, CancellationToken)",
        "SemaphoreSlim.WaitAsync(SemaphoreSlim, TimeSpan, CancellationToken)",
    ];

    private const string Known =
        """
        Barrier: SignalAndWait
        BlockingCollection`1: Add AddToAny GetConsumingEnumerable Take TakeFromAny TryAdd TryAddToAny TryTake TryTakeFromAny
        ConfiguredTaskAwaitable+ConfiguredTaskAwaiter: GetResult
        ConfiguredTaskAwaitable`1+ConfiguredTaskAwaiter: GetResult
        ConfiguredValueTaskAwaitable+ConfiguredValueTaskAwaiter: GetResult
        ConfiguredValueTaskAwaitable+ConfiguredValueTaskAwaiter: IsCompleted
        ConfiguredValueTaskAwaitable`1+ConfiguredValueTaskAwaiter: GetResult
        ConfiguredValueTaskAwaitable`1+ConfiguredValueTaskAwaiter: IsCompleted
        Console: KeyAvailable OpenStandardError OpenStandardInput OpenStandardOutput ReadKey
        CountdownEvent: Wait
        Environment: Exit
        IAsyncEnumerator`1: MoveNextAsync
        Lazy`1: Value
        Lock: Enter EnterScope TryEnter
        ManualResetEventSlim: Wait
        Monitor: Enter TryEnter Wait
        Process: WaitForExit
        ReaderWriterLock: AcquireReaderLock AcquireWriterLock UpgradeToWriterLock
        ReaderWriterLockSlim: EnterReadLock EnterUpgradeableReadLock EnterWriteLock TryEnterReadLock TryEnterUpgradeableReadLock TryEnterWriteLock
        SemaphoreSlim: Wait WaitAsync
        SpinLock: Enter TryEnter
        SpinWait: SpinUntil
        Task: ConfigureAwait GetAwaiter Run Wait WaitAll WaitAny WhenAll
        TaskAsyncEnumerableExtensions: ConfigureAwait ToBlockingEnumerable WithCancellation
        TaskAwaiter: GetResult
        TaskAwaiter`1: GetResult
        Task`1: ConfigureAwait GetAwaiter Result
        Thread: Join Sleep UnsafeStart
        ThreadPool: UnsafeQueueUserWorkItem
        Timer: New
        ValueTask: ConfigureAwait GetAwaiter
        ValueTaskAwaiter: GetResult
        ValueTaskAwaiter: IsCompleted
        ValueTaskAwaiter`1: GetResult
        ValueTaskAwaiter`1: IsCompleted
        ValueTask`1: ConfigureAwait GetAwaiter
        ValueTask`1: Result
        WaitHandle: SignalAndWait WaitAll WaitAny WaitOne
        """;

    public static TheoryData<Type> Replaced() => new(Classes.Select(static c => Mark(c).Replaced).Distinct());

    [Theory]
    [MemberData(nameof(Replaced))]
    public void Every_overload_is_replaced_and_nothing_that_the_framework_lacks(Type framework)
    {
        MethodInfo[] ours = [.. Classes.Where(c => Mark(c).Replaced == framework).SelectMany(static c => c.GetMethods(Declared))];
        string[] names = [.. ours.Select(Name).Distinct()];
        MethodInfo[] theirs = [.. framework.GetMethods(Declared).Where(m => names.Contains(Name(m)))];

        string[] replacements = [.. ours.Select(m => Describe(framework, m, Parameters(m), 0)).Order(StringComparer.Ordinal)];
        IEnumerable<string> constructors = names.Contains(ReplacesAttribute.New)
            ? framework.GetConstructors().Select(c => $"{framework.Name}.{ReplacesAttribute.New}({string.Join(", ", c.GetParameters().Select(static p => Describe(p.ParameterType, 0)))}): {framework.Name}")
            : [];
        string[] methods =
        [
            .. theirs.Select(m => Describe(framework, m, [.. Receiver(framework, m), .. Parameters(m)], framework.GetGenericArguments().Length))
                .Where(static m => !LeftAlone.Contains(m[..(m.IndexOf(')') + 1)]))
                .Concat(constructors)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(methods, replacements);
    }

    /// <summary>The worker finds them by name, without loading what they replace.</summary>
    [Fact]
    public void Every_marked_class_is_found_and_can_be_called()
    {
        Assert.Equal(
            typeof(Weaver).Assembly.GetTypes().Where(static t => t.IsDefined(typeof(ReplacesAttribute), inherit: false)).Order(Comparer<Type>.Create(static (a, b) => string.CompareOrdinal(a.FullName, b.FullName))),
            Classes.Order(Comparer<Type>.Create(static (a, b) => string.CompareOrdinal(a.FullName, b.FullName))));
        Assert.All(Classes, static c => Assert.True(c.IsVisible, $"{c} is not public."));
        Assert.Equal(
            Classes.Select(static c => Mark(c).Replaced.FullName),
            MarkedClasses.In(typeof(Weaver).Assembly).Select(static c => c.Replaced));
    }

    [Fact]
    public void What_is_left_alone_exists()
    {
        string[] methods =
        [
            .. Classes.Select(static c => Mark(c).Replaced).Distinct().SelectMany(static f => f.GetMethods(Declared)
                .Select(m => Describe(f, m, [.. Receiver(f, m), .. Parameters(m)], f.GetGenericArguments().Length))),
        ];
        Assert.All(LeftAlone, one => Assert.Contains(methods, m => m.StartsWith(one, StringComparison.Ordinal)));
    }

    /// <summary>What is known to wait, by name: a class that lost its mark would go unnoticed otherwise.</summary>
    [Fact]
    public void The_known_ways_to_wait_are_replaced()
    {
        IEnumerable<string> known = Known.Split('\n').Select(static l => l.Split(": ")).SelectMany(static l => l[1].Split(' ').Select(name => $"{l[0]}.{name}"));
        IEnumerable<string> replaced = Classes
            .Select(static c => (Type: Mark(c).Replaced, Methods: c.GetMethods(Declared)))
            .SelectMany(static c => c.Methods.Select(m => $"{c.Type.FullName![(c.Type.Namespace!.Length + 1)..]}.{Name(m)}"));
        Assert.Superset(known.ToHashSet(), replaced.ToHashSet());
    }

    private static ReplacesAttribute Mark(Type type) => type.GetCustomAttribute<ReplacesAttribute>()!;

    private static string Name(MethodInfo method) => method.Name.StartsWith("get_", StringComparison.Ordinal) ? method.Name[4..] : method.Name;

    private static Type[] Parameters(MethodInfo method) => [.. method.GetParameters().Select(static p => p.ParameterType)];

    private static Type[] Receiver(Type type, MethodInfo method) => method.IsStatic ? [] : [type.IsValueType ? type.MakeByRefType() : type];

    private static string Describe(Type framework, MethodInfo method, Type[] parameters, int typeParameters) =>
        $"{framework.Name}.{Name(method)}({string.Join(", ", parameters.Select(p => Describe(p, typeParameters)))}): {Describe(method.ReturnType, typeParameters)}";

    // Type variables by number: those of the type first.
    private static string Describe(Type type, int typeParameters) => type switch
    {
        { IsByRef: true } => $"ref {Describe(type.GetElementType()!, typeParameters)}",
        { IsArray: true } => $"{Describe(type.GetElementType()!, typeParameters)}[]",
        { IsGenericMethodParameter: true } => $"{type.GenericParameterPosition + typeParameters}",
        { IsGenericTypeParameter: true } => $"{type.GenericParameterPosition}",
        { IsGenericType: true } => $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(a => Describe(a, typeParameters)))}>",
        _ => type.Name,
    };
}
