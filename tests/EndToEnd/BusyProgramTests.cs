using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Busy code of every kind is interrupted, the session stays, fifty times in a row in one worker.</summary>
public sealed class BusyProgramTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    [Theory]
    [MemberData(nameof(BusyPrograms.Names), MemberType = typeof(BusyPrograms))]
    public async Task Is_interrupted_and_the_session_stays(string program) => await fixture.Worker.InterruptManyTimesAsync(BusyPrograms.Code(program));

    [Fact]
    public async Task Code_in_a_referenced_library_that_knows_nothing_of_this_is_interrupted()
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var library = Path.Combine(folder.FullName, "Spinner.dll");
            BusyPrograms.CompileLoopingLibrary(library);
            await fixture.Worker.InterruptManyTimesAsync($"#r \"{library}\"\nConsole.Write(\"go\"); Spinner.Spin();");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
