using System.Diagnostics;
using System.Globalization;

namespace ProcInterrupt.Tests.Faults;

/// <summary>SIGKILL to the controller, from its start on: no process is left, neither the worker nor what its code started, no socket and no map.</summary>
internal static class ControllerKilled
{
    private const string Kind = "controller-killed";
    private const string WithChild = "Process.Start(\"sleep\", \"300\"); while (true) Console.WriteLine(1);";

    /// <summary>Two seconds are promised; a machine at its limit may take longer to schedule them.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task<string> RunAsync(int moments, int seed)
    {
        var random = new Random(seed);
        using var place = new SocketPlace();
        var begun = Stopwatch.GetTimestamp();
        await using (var session = new SessionProcess(place))
        {
            await session.UntilAsync("ready");
        }

        var startMillis = (int)Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var (withWorker, withChild, longest) = (0, 0, TimeSpan.Zero);
        for (var moment = 0; moment < moments; moment++)
        {
            await using var session = new SessionProcess(place);
            var code = random.Next(3) switch { 0 => FaultPrograms.Spin, 1 => FaultPrograms.Print, _ => WithChild };
            await session.RunAsync(code);
            await Task.Delay(random.Next(startMillis + 1000));

            // Stopped first: a worker that is started between the look and the kill would not be seen.
            ProcessTable.Signal(session.Id, ProcessTable.SigStop);
            var workers = ProcessTable.WorkersOf(session.Id);
            var members = workers.Sum(worker => ProcessTable.SessionMembers(worker).Count);
            withWorker += workers.Count > 0 ? 1 : 0;
            withChild += members > workers.Count ? 1 : 0;
            ProcessTable.Signal(session.Id, ProcessTable.SigKill);
            var since = Stopwatch.StartNew();
            while (Left() is { } left)
            {
                if (since.Elapsed > Bound)
                {
                    throw new FaultException(Kind, moment, seed, $"left {since.Elapsed.TotalSeconds:F0} s later: {left}");
                }

                await Task.Delay(5);
            }

            longest = since.Elapsed > longest ? since.Elapsed : longest;

            string? Left()
            {
                var processes = workers.SelectMany(ProcessTable.SessionMembers).Concat(ProcessTable.WorkersOf(session.Id)).Distinct().ToList();
                var sockets = place.Left();
                return processes.Count + sockets.Count == 0 ? null : $"processes {string.Join(", ", processes)}; {string.Join(", ", sockets)}";
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{withWorker} with a worker, {withChild} of them with a process of the code's; all gone after {longest.TotalMilliseconds:F0} ms at the most; no socket left");
    }
}
