using ProcInterrupt.Cli.Running;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Running;

public sealed class DiagnosisTextTests
{
    [Fact]
    public void Each_activity_has_a_text_of_its_own()
    {
        var texts = Enum.GetValues<RunActivity>().Select(activity => DiagnosisText.Of(new RunDiagnosis { Run = 1, Activity = activity })).ToList();
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }

    [Fact]
    public void The_call_the_thread_and_the_stack_are_shown() => Assert.Equal(
        "it was in code that does not poll: Regex.IsMatch() (computing)\n   at <top level>",
        DiagnosisText.Of(new RunDiagnosis { Run = 1, Activity = RunActivity.NotPolling, Call = "Regex.IsMatch()", Thread = "computing", Stack = "   at <top level>" }));
}
