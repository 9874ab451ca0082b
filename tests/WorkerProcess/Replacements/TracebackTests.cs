using ProcInterrupt.Tests.WorkerProcess.Checkpoints;
using ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;
using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Engines.CSharp;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Replacements;

/// <summary>What is called in place of the framework's methods is not seen in a traceback.</summary>
[Collection(WeaverCollection.Name)]
public sealed class TracebackTests
{
    [Theory]
    [InlineData("Task t = null;\nt.Wait();")]
    [InlineData("Task.FromException(new Exception()).Wait();\n")]
    [InlineData("Task.FromException<int>(new Exception()).GetAwaiter().GetResult();\n")]
    [InlineData("Monitor.Enter(null);\n")]
    [InlineData("new Barrier(1, _ => throw new Exception()).SignalAndWait();\n")]
    [InlineData("foreach (var i in new System.Collections.Concurrent.BlockingCollection<int>().GetConsumingEnumerable(new CancellationToken(true))) { }\n")]
    [InlineData("SpinWait.SpinUntil(() => throw new Exception());\n")]
    [InlineData("Action<int> sleep = Thread.Sleep;\nsleep(-5);")]
    [InlineData("System.Diagnostics.Process p = new();\np.WaitForExit();")]
    [InlineData("var z = new Lazy<int>(() => throw new Exception());\n_ = z.Value;")]
    public void Only_the_codes_own_frames_are_in_a_traceback(string code)
    {
        RunError plain = Fail(code, new PassThroughWeaver());
        RunError woven = Fail(code, Woven.MakeWeaver());
        Assert.Equal((plain.Type, plain.Message), (woven.Type, woven.Message));
        Assert.NotEmpty(Own(plain));
        Assert.Equal(Own(plain), Own(woven));
        Assert.DoesNotContain(nameof(ProcInterrupt), woven.Traceback, StringComparison.Ordinal);
    }

    // The framework's own frames may differ: another overload may have been called.
    private static IEnumerable<string> Own(RunError error) => error.Traceback.Split('\n').Where(static l => l.Contains("<run 1>", StringComparison.Ordinal));

    private static RunError Fail(string code, IWeaver weaver)
    {
        TestHooks.Reset();
        EngineResult result = new CSharpEngine(weaver).Execute(new EngineRequest(1, code, null), new DirectScope());
        return Assert.IsType<RunError>(result.Error);
    }
}
