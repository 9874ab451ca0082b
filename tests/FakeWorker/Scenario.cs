using System.Diagnostics;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.FakeWorker;

/// <summary>What the fake does once it is accepted: answers the buffer, and does its mischief when it is sent code.</summary>
internal sealed class Scenario
{
    private readonly Stream pipe;
    private readonly MessageReader reader;
    private readonly MessageWriter writer;
    private readonly Mischief mischief;

    /// <param name="pipe">To the controller.</param>
    /// <param name="hello">What the script's <c>hello</c> sends; null when it was sent.</param>
    public Scenario(Stream pipe, HelloMessage? hello = null)
    {
        this.pipe = pipe;
        reader = new MessageReader(pipe);
        writer = new MessageWriter(pipe);
        mischief = new Mischief(pipe, writer, hello);
    }

    public int ServeAfter(string script)
    {
        mischief.Do(script);
        return Serve("script");
    }

    public int Serve(string mode)
    {
        while (reader.Read() is { } message)
        {
            switch (message)
            {
                case SetInterruptBufferMessage when mode == "refuses-buffer":
                    writer.Write(new InterruptBufferSetMessage(((SetInterruptBufferMessage)message).Request, "no such map"));
                    break;
                case SetInterruptBufferMessage set:
                    mischief.MapPath = set.Path;
                    if (!mischief.AnswersSwap(set))
                    {
                        break;
                    }

                    writer.Write(new InterruptBufferSetMessage(set.Request, null));
                    break;
                case ResetMessage reset:
                    writer.Write(new ResetDoneMessage(reset.Request, reset.Engine is null or "fake" ? null : "There is no such engine."));
                    break;
                case RunCodeMessage run:
                    Run(mode == "as-told" ? run.Code : mode, run);
                    break;
                case ShutdownMessage:
                    return 0;
            }
        }

        return 0;
    }

    private void Run(string mode, RunCodeMessage run)
    {
        if (mode == "script")
        {
            // What the code says, and then the next frame: also the script decides whether the run ever ends.
            mischief.Run = run.Run;
            mischief.Do(run.Code);
            return;
        }

        writer.Write(new RunStartedMessage(run.Run, Stopwatch.GetTimestamp()));
        switch (mode)
        {
            case "echo":
                writer.Write(new OutputMessage(run.Run, OutputStream.Stdout, run.Code));
                var now = Stopwatch.GetTimestamp();
                writer.Write(new RunCompletedMessage(run.Run, RunOutcome.Succeeded, default, new RunValue(run.Code, new Dictionary<string, string>(), null), null, null, now, now));
                return;
            case "fails":
                var failed = Stopwatch.GetTimestamp();
                writer.Write(new RunCompletedMessage(run.Run, RunOutcome.Failed, default, null, new RunError("Fake", "no such module", ""), null, failed, failed));
                return;
            case "over-budget":
                var over = Stopwatch.GetTimestamp();
                writer.Write(new RunCompletedMessage(run.Run, RunOutcome.Interrupted, InterruptReason.WallTime, null, null, null, over, over));
                return;
            case "random-bytes":
                Mischief.WriteRandomBytes(pipe);
                break;
            case "truncated":
                pipe.Write([100, 0, 0, 0, 1, 2, 3]);
                pipe.Dispose();
                break;
            case "huge-frame":
                pipe.Write([0xFF, 0xFF, 0xFF, 0xFF, 0x90]);
                break;
            case "crash":
                Console.Error.WriteLine("fatal: the fake fell over");
                Environment.Exit(42);
                break;
            case "killed":
                Process.GetCurrentProcess().Kill();
                break;
            case "leaves-child":
                // Started by the run, ignoring its standard streams' ends; it is to end with the worker.
                using (var child = Process.Start(new ProcessStartInfo("/bin/sleep", "300") { UseShellExecute = false })!)
                {
                    writer.Write(new OutputMessage(run.Run, OutputStream.Stdout, $"{child.Id}"));
                }

                break;
        }

        // Neither the end of the pipe nor anything else brings this worker to its end.
        Thread.Sleep(Timeout.Infinite);
    }
}
