using ProcInterrupt;

namespace ProcInterrupt.FakeWorker;

/// <summary>A program with a real worker that ends without ending that, in a way of its tests' choosing.</summary>
internal static class DyingController
{
    /// <param name="words">Engine, containment, code, way. The code prints <c>go</c> when it is where the end is to come.</param>
    public static async Task<int> RunAsync(string[] words)
    {
        var (engine, containment, code, way) = (words[0], Enum.Parse<Containment>(words[1]), words[2], words[3]);

        var worker = await Worker.StartAsync(new WorkerOptions { Containment = containment });
        var run = worker.Run(engine, code);
        var printed = "";
        await foreach (var next in run.Events)
        {
            printed += (next as OutputEvent)?.Text;
            if (printed.Contains("go", StringComparison.Ordinal))
            {
                break;
            }
        }

        Console.WriteLine($"{worker.ProcessId}");
        switch (way)
        {
            case "returns":
                return 0;
            case "exits":
                Environment.Exit(0);
                return 0;
            case "fails fast":
                Environment.FailFast("as asked");
                return 0;
            case "throws":
                new Thread(static () => throw new InvalidOperationException("as asked")).Start();
                break;
        }

        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
