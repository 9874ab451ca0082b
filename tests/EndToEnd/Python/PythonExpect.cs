using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Short forms for Python runs.</summary>
internal static class PythonExpect
{
    public const string Engine = "python";

    public static async Task<RunResult> EndsAsync(this Worker worker, string code) => await worker.Run(Engine, code).Completion.Soon();

    /// <summary>The value of a run that succeeds, as text.</summary>
    public static async Task<string?> ValueAsync(this Worker worker, string code)
    {
        var result = await worker.EndsAsync(code);
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Outcome}: {result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return result.Value?.Text;
    }

    /// <summary>Everything that a run prints, and how it ends.</summary>
    public static async Task<(string Stdout, string Stderr, RunResult Result)> OutputAsync(this Worker worker, string code, RunOptions? options = null)
    {
        var run = worker.Run(Engine, code, options);
        var texts = new Dictionary<OutputStream, System.Text.StringBuilder> { [OutputStream.Stdout] = new(), [OutputStream.Stderr] = new() };
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var next in run.Events.WithCancellation(limit.Token))
        {
            if (next is OutputEvent output)
            {
                texts[output.Stream].Append(output.Text);
            }
        }

        return (texts[OutputStream.Stdout].ToString(), texts[OutputStream.Stderr].ToString(), await run.Completion.Soon());
    }

    /// <summary>Starts a program and waits until it has printed "go".</summary>
    public static async Task<Run> GoAsync(this Worker worker, string code)
    {
        var run = worker.Run(Engine, code);
        await run.PrintedAsync("go");
        return run;
    }

    /// <summary>An insist as the ladder writes it, without its receipt: run 0, so that it is for whichever is current.</summary>
    public static void Insist(this Worker worker)
    {
        using var map = File.OpenHandle(worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(map, [2, 0, 0, 1], 0);
    }
}
