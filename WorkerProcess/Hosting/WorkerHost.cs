using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ProcInterrupt.Budgets;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Processes;
using ProcInterrupt.Reporting;
using ProcInterrupt.Transport;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Diagnosis;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Engines.CSharp;
using ProcInterrupt.WorkerProcess.Engines.Python;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using ProcInterrupt.WorkerProcess.Output;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>Puts the worker together and is its reading thread; never executes user code.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process, which ends without running anything.")]
internal sealed class WorkerHost
{
    private readonly IMessageReader reader;
    private readonly InterruptPage page = new();
    private readonly OutputBuffer output = new();
    private readonly MessageSender sender;
    private readonly DeliveryDesk desk;
    private readonly Watcher watcher;
    private readonly Diagnostician diagnostician;
    private readonly RunLoop runs;
    private readonly InputReader input;
    private readonly DescriptorCapture captured;
    private readonly RunOutput shown;
    private readonly IReadOnlyList<string> hostAssemblies;
    private readonly int? outerProc;
    private readonly BudgetLimits budgets;

    private WorkerHost(IMessageReader reader, IMessageWriter writer, WorkerArguments arguments)
    {
        hostAssemblies = arguments.HostAssemblies;
        outerProc = arguments.OuterProc;
        budgets = arguments.Budgets;
        this.reader = reader;
        sender = new MessageSender(writer, output);
        desk = new DeliveryDesk(page, sender);
        watcher = new Watcher(page, desk);
        diagnostician = new Diagnostician(desk, sender);
        input = new InputReader(sender, desk);
        captured = new DescriptorCapture(output, sender, desk);
        shown = new RunOutput(output, sender, desk, captured);
        runs = new RunLoop(desk, sender, output, captured, CreateEngines);
        sender.SpaceFreed = desk.Pulse;

        if (budgets.Any)
        {
            runs.Budgets = watcher.Budgets = new BudgetGuard(budgets, desk, sender, output);
        }

        // The pipe is broken: the controller is gone, and with it everybody who could want the session.
        sender.Broken = static _ => ProcessCalls.KillSession();
    }

    /// <summary>Runs the worker to its end, which is the process's: threads of user code cannot hold it up.</summary>
    public static void Run(WorkerArguments arguments)
    {
        var mark = SessionMark.Last(Environment.GetEnvironmentVariable(SessionMark.Variable));
        ProcessCalls.StartSession(arguments.OuterProc is null ? mark : null);
        ProcessCalls.CloseInheritedDescriptors(arguments.OuterProc);
        ProcessCalls.GoOnAtParentsEnd();
        WorkerThread.KeepFaultDescriptor();
        const int longestSecret = 1024;
        var secret = ProcessCalls.ReadLineAndCloseInput(longestSecret);
        if (arguments.OuterProc is null)
        {
            WatchParent(arguments);
        }

        // "." and an absolute path: the name is the socket's own. Unlinked by both sides right after the connection.
        // Current user only: that is asked of who listens there.
        using var pipe = new NamedPipeClientStream(".", arguments.PipePath, PipeDirection.InOut, PipeOptions.CurrentUserOnly);
        const int connectMillis = 10_000;
        pipe.Connect(connectMillis);
        Unlink(arguments.PipePath);

        var host = new WorkerHost(
            new MessageReader(pipe, ProtocolConstants.DefaultMaxFrameBytes),
            new MessageWriter(pipe, ProtocolConstants.DefaultMaxFrameBytes),
            arguments);
        WorkerThread.Run("reader", () => ProcessCalls.ExitNow(host.Serve(secret)));
    }

    /// <summary>A second line of defence: the pipe's end says it too, unless something else holds the pipe open.</summary>
    private static void WatchParent(WorkerArguments arguments) =>
        WorkerThread.Start("parent watch", () =>
        {
            if (ProcessCalls.WaitForExitOf(arguments.ParentId))
            {
                // It may have gone before there was a connection, and nobody else is left to remove its socket.
                Unlink(arguments.PipePath);
                ProcessCalls.KillSession();
            }
        });

    private static void Unlink(string socket)
    {
        try
        {
            File.Delete(socket);
            Directory.Delete(Path.GetDirectoryName(socket)!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The controller was quicker, and removed the folder too; or the folder is not this socket's alone.
        }
    }

    private int Serve(string secret)
    {
        WovenCode.Install(desk);
        Interrupt.Install(desk);
        ReportHost.Install(shown);
        ConsoleCalls.Install(input, shown);
        Console.SetOut(new OutputWriter(OutputStream.Stdout, shown));
        Console.SetError(new OutputWriter(OutputStream.Stderr, shown));
        Console.SetIn(input);
        ExceptionHandling.SetUnhandledExceptionHandler(OnUnhandled);

        captured.Start();
        runs.Start();
        sender.Start();
        watcher.Start();
        var engines = runs.Engines.GetAwaiter().GetResult();
        sender.SendNow(new HelloMessage(
            ProtocolConstants.Version,
            Environment.ProcessId,
            secret,
            $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}",
            [.. engines.Select(static engine => engine.Info)],
            MapPath: null));
        PromptThread.Begin();
        return ReadToEnd();
    }

    private IReadOnlyList<IEngine> CreateEngines()
    {
        var (low, size) = ThreadStack.Measure();
        var replacements = new ReplacementTable(typeof(WovenCode).Assembly);
        var weaver = new Weaver(new WeaverOptions(page.View.Address, low, size, typeof(WovenCode), replacements));
        return [new CSharpEngine(weaver), new PythonEngine(LocatingEnvironment.OfProcess, desk, output, sender, captured, input, hostAssemblies, budgets.MemoryBytes, weaver)];
    }

    private int ReadToEnd()
    {
        try
        {
            while (reader.Read() is { } message)
            {
                Receive(message);
            }
        }
        catch (IOException)
        {
            // The controller is gone without a word: the same as the end of the pipe.
        }
        catch (ProtocolException exception)
        {
            sender.SendNow(new LogMessage(LogMessage.ErrorLevel, "Worker", exception.Message));
            return WorkerExitCode.Protocol;
        }

        ProcessCalls.KillSession();
        return WorkerExitCode.Done;
    }

    private void Receive(IMessage message)
    {
        switch (message)
        {
            case RunCodeMessage or ResetMessage or IsCompleteMessage or CompleteMessage:
                runs.Add(message);
                break;
            case ShutdownMessage:
                Shutdown(message);
                break;
            case TerminateMessage terminate:
                Terminate(terminate);
                break;
            case SetInterruptBufferMessage set:
                SetBuffer(set);
                break;
            case InputReplyMessage reply:
                input.Answer(reply.Request, reply.Text);
                break;
            case DiagnoseMessage question:
                diagnostician.Add(question);
                break;
            case OutputCreditMessage granted:
                sender.AddCredit(granted.Bytes);
                break;
            default:
                throw new ProtocolException($"{message.GetType().Name} is for the controller, not for a worker.");
        }
    }

    private void Shutdown(IMessage message)
    {
        runs.Add(message);
        if (desk.Current is { } scope)
        {
            desk.InterruptLocally(scope, InterruptReason.Shutdown);
        }
    }

    /// <summary>As at a run's end, but on this thread: the run's own may be stuck in anything.</summary>
    private void Terminate(TerminateMessage message)
    {
        if (desk.TryTerminate(message.Run))
        {
            captured.Settle();
            output.Close();
            sender.SendLast();
            ProcessCalls.ExitNow(WorkerExitCode.Terminated);
        }
    }

    private void SetBuffer(SetInterruptBufferMessage set)
    {
        const string proc = "/proc/";
        var seen = outerProc is { } descriptor && set.Path?.StartsWith(proc, StringComparison.Ordinal) == true
            ? set with { Path = $"/proc/self/fd/{descriptor}/{set.Path[proc.Length..]}" }
            : set;
        using var old = desk.SwapBuffer(seen);
        if (old is not null)
        {
            watcher.LeaveBuffer(old.View);
        }
    }

    /// <summary>On any thread that user code started: told as output, never the worker's end.</summary>
    private bool OnUnhandled(Exception exception)
    {
        if (RunScope.Current?.IsUnwinding(exception) != true && exception is not (KeyboardInterruptException or RunExitException))
        {
            output.Append(RunScope.Current?.Number ?? 0, OutputStream.Stderr, $"Unhandled exception on another thread. {exception}\n");
            sender.OutputPosted();
        }

        return true;
    }
}
