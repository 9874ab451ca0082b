using System.Threading.Channels;
using ProcInterrupt.Cli.Json;
using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Session;

/// <summary><c>procinterrupt session</c>: one worker, driven by JSON lines on standard input, reporting in JSON lines on standard output.</summary>
internal static class SessionCommand
{
    /// <summary>Lines that were read and not acted upon; more wait in the pipe.</summary>
    private const int LinesAhead = 16;

    /// <returns>The exit code.</returns>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync(bool showMap, IReadOnlyList<string> hostAssemblies, WorkerBudgets? budgets)
    {
        using var signals = new StopSignals();
        try
        {
            await using var worker = await Worker.StartAsync(new WorkerOptions { HostAssemblies = hostAssemblies, Budgets = budgets }, signals.GivenUp);
            if (showMap)
            {
                await Console.Error.WriteLineAsync($"map: {worker.MapPath}");
            }

            var output = new JsonLineWriter(DescriptorStream.OpenStandard(1));
            output.Write(json => EventJson.WriteReady(json, worker));
            return await ServeAsync(worker, output, signals);
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }

    private static async Task<int> ServeAsync(Worker worker, JsonLineWriter output, StopSignals signals)
    {
        var host = new SessionHost(worker, output);
        var background = host.FollowBackgroundAsync();

        // What ends the session, with its exit code; the first one counts.
        var ending = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        signals.Attach(
            () =>
            {
                if (!host.Press())
                {
                    ending.TrySetResult(ExitCodes.Interrupted);
                }
            },
            () => ending.TrySetResult(ExitCodes.Terminated));
        var acting = ActAsync(host, output, ReadLines());
        var first = await Task.WhenAny(ending.Task, output.Closed, worker.Exited, acting);
        await first;
        if (worker.Exited.IsCompleted || host.WorkersEnd is not null)
        {
            var exit = await worker.Exited;
            await host.FinishAsync();
            output.Write(json => EventJson.WriteError(json, $"{exit.Message} The session's state went with it; start a new session."));
            return ExitCodes.Of(host.WorkersEnd ?? RunOutcome.WorkerLost, null, null);
        }

        var politely = await worker.EndAsync();
        await host.FinishAsync();
        await background;
        if (first == ending.Task)
        {
            return await ending.Task;
        }

        // A client that reads no more has ended its session; a full disk is another matter.
        if (first == output.Closed && OutputFailure.ExitCodeOf(await output.Closed) is ExitCodes.Failed and var failed)
        {
            return failed;
        }

        return politely ? ExitCodes.Succeeded : ExitCodes.Killed;
    }

    /// <summary>Acts on all lines; over when the session is to end.</summary>
    private static async Task ActAsync(SessionHost host, JsonLineWriter output, ChannelReader<byte[]?> lines)
    {
        var number = 0L;
        await foreach (var line in lines.ReadAllAsync())
        {
            number++;
            if (line is null)
            {
                Refuse($"The line is longer than {LineReader.DefaultMaximum:N0} bytes.");
                continue;
            }

            if (line.AsSpan().Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (!SessionLineParser.TryParse(line, out var request, out var problem))
            {
                Refuse(problem);
                continue;
            }

            if (request is ShutdownLine)
            {
                return;
            }

            try
            {
                host.Handle(request);
            }
            catch (LineException refused)
            {
                Refuse(refused.Message);
            }
        }

        host.EndInput();
        await host.FinishAsync();

        void Refuse(string why) => output.Write(json => EventJson.WriteError(json, $"Line {number}: {why}"));
    }

    /// <summary>Reads standard input on a thread of its own, since a read from it cannot be given up.</summary>
    private static ChannelReader<byte[]?> ReadLines()
    {
        var lines = Channel.CreateBounded<byte[]?>(new BoundedChannelOptions(LinesAhead) { SingleReader = true, SingleWriter = true });
        new Thread(Read) { IsBackground = true, Name = "session input" }.Start();
        return lines.Reader;

        void Read()
        {
            try
            {
                var reader = new LineReader(Console.OpenStandardInput());
                while (reader.TryRead(out var line))
                {
                    while (!lines.Writer.TryWrite(line))
                    {
                        if (!lines.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
                        {
                            return;
                        }
                    }
                }

                lines.Writer.Complete();
            }
            catch (IOException failed)
            {
                lines.Writer.Complete(failed);
            }
        }
    }
}
