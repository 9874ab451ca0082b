using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>
/// Makes Python come and take: a private signal to its main thread, whose Python-level handler asks the desk. What it takes it
/// raises, or gives to the handler that the code set.
/// </summary>
/// <remarks>
/// <para>Members that touch Python are called on its main thread with its lock held. The rest may be called from any thread.</para>
/// <para>
/// Whether an interrupt was caught is known from the exception's end: it carries a capsule, and when that is freed while
/// the run goes on, an <c>except</c> has dealt with it.
/// </para>
/// </remarks>
internal sealed unsafe partial class PythonInterrupts : IForeignCode
{
    /// <summary>A real-time signal that nobody else has: 34 is the runtime's own. Also in signals.py.</summary>
    public const int PrivateSignal = 62;

    /// <summary>How many backward jumps are let pass before an interrupt is raised at one after all.</summary>
    private const int MostJumps = 64;

    private const int CallEvent = 0;
    private const int LineEvent = 2;
    private const int OpcodeEvent = 7;

    private static readonly nint CapsuleName = Marshal.StringToCoTaskMemUTF8("procinterrupt");
    private static PythonInterrupts? instance;

    private readonly PythonRuntime runtime;
    private readonly PythonApi api;
    private readonly PythonObjects objects;
    private readonly DeliveryDesk desk;
    private readonly nint thread = PosixThread.Self();
    private readonly int managedThread = Environment.CurrentManagedThreadId;
    private readonly SignalKind[] kinds = new SignalKind[(int)Signal.Max + 1];
    private readonly bool[] jumps = new bool[256];

    /// <summary>Guards the gate and what is below it; held while the signal is sent, so that none is sent after the gate was closed.</summary>
    private readonly Lock gate = new();
    private readonly Dictionary<nint, InterruptWord> alive = [];
    private readonly Queue<InterruptWord> lost = new();
    private bool open;
    private RunScope? run;
    private nint lastRaised;
    private ulong ownSignals;
    private volatile bool hasOwnWork;
    private volatile bool insisting;

    /// <summary>The exception that waits for the next opcode, when the interrupted frame stood at a backward jump; 0 for none.</summary>
    private nint deferred;
    private int jumpsPassed;
    private nint deferredFrame;
    private nint userTrace;
    private nint suspendedTrace;

    /// <summary>Above 0 while the main thread is in .NET code of the user's.</summary>
    private volatile int dotNetDepth;

    /// <summary>The thread state while .NET code that Python called works without the lock.</summary>
    private nint released;

    private nint session;
    private nint handlers;

    /// <summary>Our function for <c>sys.unraisablehook</c>, once it was needed.</summary>
    private nint unraisable;

    /// <summary>Above 0 while a function of ours runs in which nothing may come out.</summary>
    private int undisturbed;
    private int wakeup = -1;
    private int looks;

    /// <summary>Called by Python's main thread.</summary>
    /// <param name="runtime">CPython.</param>
    /// <param name="desk">Delivery.</param>
    /// <param name="stackDescriptor">Where <c>faulthandler</c> is to write to at <see cref="PythonStacks.StackSignal"/>.</param>
    public PythonInterrupts(PythonRuntime runtime, DeliveryDesk desk, out int stackDescriptor)
    {
        this.runtime = runtime;
        this.desk = desk;
        api = runtime.Api;
        objects = runtime.Objects;
        Stacks = PythonStacks.Create(out stackDescriptor);
        instance = this;
    }

    public bool HasWork => hasOwnWork || insisting;

    /// <summary>Whether the run was told to stop for certain.</summary>
    public bool HasInsisted => insisting;

    /// <summary>The calls that the main thread is in.</summary>
    public PythonStacks Stacks { get; }

    public int Looks => Volatile.Read(ref looks);

    public (string? Stack, string? Call) DescribeCalls() => Stacks.Describe(() =>
    {
        lock (gate)
        {
            return open && PosixThread.Kill(thread, PythonStacks.StackSignal) == 0;
        }
    });

    public bool IsInDotNet => dotNetDepth > 0;

    public bool TakesHere => OnMainThread && released != 0;

    public bool OnMainThread => Environment.CurrentManagedThreadId == managedThread;

    /// <summary>The module session.py, once it is there.</summary>
    public void Attach(nint module) => session = module;

    /// <summary>The code's handlers by signal: a list, borrowed for ever.</summary>
    public void SetHandlers(nint list) => handlers = objects.Shared(list);

    /// <summary>Sets a signal's handler in one step: an interrupt in the midst of two would find them at odds.</summary>
    /// <returns>False with Python's error set.</returns>
    public bool SetHandler(int signal, nint handler, SignalKind kind)
    {
        kinds[signal] = kind;
        return api.PyList_SetItem(handlers, signal, objects.Shared(handler)) == 0;
    }

    /// <summary>What <c>signal.set_wakeup_fd</c> set; below 0 for none.</summary>
    public void SetWakeup(int descriptor) => wakeup = descriptor;

    /// <summary>Opcodes that jump backward; from 3.11 on.</summary>
    public void SetJumps(ReadOnlySpan<byte> opcodes)
    {
        foreach (var opcode in opcodes)
        {
            jumps[opcode] = true;
        }
    }

    /// <summary>The run whose code is told of interrupts.</summary>
    public RunScope? Run => run;

    /// <summary>From now on the run's code is told of interrupts.</summary>
    public void Open(RunScope scope)
    {
        lock (gate)
        {
            run = scope;
            open = true;
        }
    }

    /// <summary>
    /// The code has come to its end: nothing more is taken, and what the private signal left behind is drained. Answers whether
    /// an interrupt that was taken is still to be raised.
    /// </summary>
    public bool Close()
    {
        bool pending;
        lock (gate)
        {
            open = false;
            run = null;
            insisting = false;
            pending = lost.Count > 0;
            lost.Clear();
            alive.Clear();
            ownSignals = 0;
            hasOwnWork = false;
        }

        StopTracing();
        if (api.PyErr_CheckSignals() != 0)
        {
            api.PyErr_Clear();
        }

        return pending;
    }

    public WordAction Decide(Signal signal) => kinds[(int)signal] switch
    {
        SignalKind.Raise => WordAction.Raise,
        SignalKind.Default when signal == Signal.Interrupt => WordAction.Raise,
        SignalKind.Handler or SignalKind.Asyncio => WordAction.Handle,
        _ => WordAction.Ignore,
    };

    public void Attend()
    {
        lock (gate)
        {
            if (open)
            {
                _ = PosixThread.Kill(thread, PrivateSignal);
            }
        }
    }
}
