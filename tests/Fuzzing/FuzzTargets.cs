using ProcInterrupt.Tests.Fuzzing.Targets;

namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>Everything that takes bytes from strangers.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All() =>
        [new BodyTarget(), new StreamTarget(), new MessagePackTarget(), new LineTarget(), new MapTarget(), new DispatcherTarget()];
}
