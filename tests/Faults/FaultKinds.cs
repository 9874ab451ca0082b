namespace ProcInterrupt.Tests.Faults;

/// <summary>What can happen to either process at any moment. Each gives a line of figures, or throws <see cref="FaultException"/>.</summary>
internal static class FaultKinds
{
    public static IReadOnlyList<(string Name, Func<int, int, Task<string>> Kind)> All { get; } =
    [
        ("worker-stopped", WorkerStopped.RunAsync),
        ("controller-stopped", ControllerStopped.RunAsync),
        ("worker-killed", WorkerKilled.RunAsync),
        ("controller-killed", ControllerKilled.RunAsync),
    ];
}
