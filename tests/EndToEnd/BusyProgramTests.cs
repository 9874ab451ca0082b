using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Busy code of every kind is interrupted, the session stays, fifty times in a row in one worker.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class BusyProgramTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Times = 50;

    [Theory]
    [MemberData(nameof(BusyPrograms.Names), MemberType = typeof(BusyPrograms))]
    public async Task Is_interrupted_and_the_session_stays(string program) => await InterruptManyTimesAsync(BusyPrograms.Code(program));

    [Fact]
    public async Task Code_in_a_referenced_library_that_knows_nothing_of_this_is_interrupted()
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var library = Path.Combine(folder.FullName, "Spinner.dll");
            BusyPrograms.CompileLoopingLibrary(library);
            await InterruptManyTimesAsync($"#r \"{library}\"\nConsole.Write(\"go\"); Spinner.Spin();");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task InterruptManyTimesAsync(string code)
    {
        var worker = fixture.Worker;
        await worker.SucceedsAsync("var kept = 41;");
        for (var time = 0; time < Times; time++)
        {
            var run = worker.Run("csharp", code);
            await run.PrintedAsync("go");
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal(ReceiptStatus.Interrupted, receipt.Status);
            Assert.Equal(InterruptRung.Signal, receipt.Rung);
            Assert.True(receipt.StatePreserved);
            Assert.Equal(RunOutcome.Interrupted, result.Outcome);
            var next = await worker.SucceedsAsync("kept + 1");
            Assert.Equal("42", next.Value?.Text);
        }
    }
}
