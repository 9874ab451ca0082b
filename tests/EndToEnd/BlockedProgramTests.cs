using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Code that waits, and code on many threads, is interrupted as busy code is, fifty times in a row in one worker.</summary>
public sealed class BlockedProgramTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    [Theory]
    [MemberData(nameof(BlockedPrograms.Names), MemberType = typeof(BlockedPrograms))]
    public async Task Is_interrupted_and_the_session_stays(string program)
    {
        await fixture.Worker.InterruptManyTimesAsync(BlockedPrograms.Code(program));
        await ProcessorUse.AssertIdleAsync(fixture.Worker.ProcessId);
    }
}
