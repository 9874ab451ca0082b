using System.Diagnostics;

namespace ProcInterrupt.Tests.Faults;

/// <summary>SIGKILL to the worker, from its launch on: everybody who waits is told, and nothing is left.</summary>
internal static class WorkerKilled
{
    private const string Kind = "worker-killed";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task<string> RunAsync(int moments, int seed)
    {
        var random = new Random(seed);
        using var place = new SocketPlace();
        var begun = Stopwatch.GetTimestamp();
        await using (await Worker.StartAsync())
        {
            // How long a start takes on this machine.
        }

        var startMillis = (int)Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var (starting, idle, running, receipts) = (0, 0, 0, 0);
        for (var moment = 0; moment < moments; moment++)
        {
            var start = Worker.StartAsync();
            if (random.Next(3) == 0)
            {
                await Task.WhenAny(start, Task.Delay(random.Next(startMillis)));
                await KillAsync();
                var thrown = await FailureOf(start.WaitAsync(Bound));
                Check(thrown is null or WorkerStartException or WorkerLostException, $"the start gave {thrown}");
                starting++;
                if (thrown is null)
                {
                    await (await start).DisposeAsync();
                }
            }
            else
            {
                var worker = await start;
                var waits = new List<Task>();
                var asked = new List<Task<InterruptReceipt>>();
                if (random.Next(10) != 0)
                {
                    var runs = new[] { FaultPrograms.Print, FaultPrograms.Spin, FaultPrograms.Sum }.Select(code => worker.Run("csharp", code)).ToList();
                    var after = random.Next(300);
                    asked.AddRange(runs.Take(random.Next(4)).Select(run => run.InterruptAsync()));
                    asked.Add(runs[1].StopAsync(new StopPolicy { SignalGrace = Timeout.InfiniteTimeSpan }));
                    waits.AddRange(runs.Select(run => run.Completion));
                    waits.Add(FailureOf(worker.ResetAsync()));
                    waits.Add(FailureOf(worker.IsCompleteAsync("csharp", "1 +")));
                    await Task.Delay(after);
                    running++;
                }
                else
                {
                    idle++;
                }

                ProcessTable.Signal(worker.ProcessId, ProcessTable.SigKill);
                waits.AddRange(asked);
                waits.Add(worker.Exited);
                Check(await FailureOf(Task.WhenAll(waits).WaitAsync(Bound)) is null, "somebody still waits");
                Check((await worker.Exited).KilledBySignal == ProcessTable.SigKill, $"its end was {await worker.Exited}");
                foreach (var run in waits.OfType<Task<RunResult>>())
                {
                    var result = await run;
                    Check(result.Outcome is RunOutcome.WorkerLost or RunOutcome.Succeeded or RunOutcome.Interrupted, $"a run gave {result}");
                    Check(result.Receipts.Distinct(ReferenceEqualityComparer.Instance).Count() == result.Receipts.Count, "a receipt was made out twice");
                }

                receipts += asked.Count;
                await worker.DisposeAsync();
            }

            Check(place.Left() is [], $"left behind: {string.Join(", ", place.Left())}");
            Check(ProcessTable.WorkersOf(Environment.ProcessId) is [], "a process is left");
            Check(!Directory.GetFiles("/proc/self/fd").Any(IsMap), "a map is left");

            void Check(bool holds, string problem)
            {
                if (!holds)
                {
                    throw new FaultException(Kind, moment, seed, problem);
                }
            }

            async Task KillAsync()
            {
                List<int> workers;
                while ((workers = ProcessTable.WorkersOf(Environment.ProcessId)).Count == 0 && !start.IsCompleted)
                {
                    await Task.Delay(1);
                }

                workers.ForEach(id => ProcessTable.Signal(id, ProcessTable.SigKill));
            }
        }

        return $"{starting} while starting, {idle} idle, {running} with runs; {receipts} requests had their receipt; no process, socket or map left";
    }

    private static bool IsMap(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.Contains("memfd:procinterrupt", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<Exception?> FailureOf(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
