using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
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
internal sealed unsafe class PythonInterrupts : IForeignCode
{
    /// <summary>A real-time signal that nobody else has: 34 is the runtime's own. Also in session.py.</summary>
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

    /// <summary>Above 0 while the main thread is in .NET code of the user's.</summary>
    private volatile int dotNetDepth;

    /// <summary>The thread state while .NET code that Python called works without the lock.</summary>
    private nint released;

    private nint session;
    private nint handlers;
    private int wakeup = -1;
    private int looks;

    /// <summary>The calls that the main thread is in.</summary>
    public PythonStacks Stacks { get; }

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

    public void Check()
    {
        if (!TakesHere)
        {
            return;
        }

        api.PyEval_RestoreThread(released);
        released = 0;
        nint error;
        try
        {
            error = Dispatch(frame: 0) ? 0 : objects.TakeError();
        }
        finally
        {
            released = api.PyEval_SaveThread();
        }

        if (error != 0)
        {
            throw PythonException.Of(error, IsInterrupt(error), run?.Number ?? 0);
        }
    }

    /// <summary>Works without Python's lock, on any thread of Python's; <see cref="Check"/> takes it back for a moment.</summary>
    public T WithoutLock<T>(Func<T> work)
    {
        var state = api.PyEval_SaveThread();
        var main = OnMainThread;
        if (main)
        {
            released = state;
        }

        try
        {
            return work();
        }
        finally
        {
            if (main)
            {
                state = released;
                released = 0;
            }

            api.PyEval_RestoreThread(state);
        }
    }

    /// <summary>Works without the lock in code that is the user's too: while it does, the run's token is cancelled by an interrupt.</summary>
    public T InDotNet<T>(Func<T> work)
    {
        if (!OnMainThread)
        {
            return WithoutLock(work);
        }

        dotNetDepth++;
        try
        {
            return WithoutLock(work);
        }
        finally
        {
            dotNetDepth--;
        }
    }

    /// <summary>Takes the lock for a call into Python from such work, on whichever thread.</summary>
    public T WithLock<T>(Func<T> work)
    {
        if (!OnMainThread)
        {
            var state = api.PyGILState_Ensure();
            try
            {
                return work();
            }
            finally
            {
                api.PyGILState_Release(state);
            }
        }

        var depth = dotNetDepth;
        dotNetDepth = 0;
        api.PyEval_RestoreThread(released);
        released = 0;
        try
        {
            return work();
        }
        finally
        {
            released = api.PyEval_SaveThread();
            dotNetDepth = depth;
        }
    }

    /// <summary>The same as <see cref="Dispatch"/>, for callers on any thread.</summary>
    public bool DispatchHere() => !OnMainThread || Dispatch(frame: 0);

    /// <summary>The code sends a signal to itself: at once on the main thread, else as soon as that comes.</summary>
    /// <returns>False with Python's error set.</returns>
    public bool RaiseSignal(int signal)
    {
        QueueSignal(signal);
        return !OnMainThread || Dispatch(frame: 0);
    }

    /// <summary>The same from a thread that is not Python's.</summary>
    public void QueueSignal(int signal)
    {
        lock (gate)
        {
            if (open)
            {
                ownSignals |= 1UL << (signal - 1);
                hasOwnWork = true;
                if (!OnMainThread)
                {
                    _ = PosixThread.Kill(thread, PrivateSignal);
                }
            }
        }
    }

    /// <summary>Takes and does all there is. The handler of the private signal; also every check of Python's own.</summary>
    /// <param name="frame">The interrupted frame, borrowed; 0 when it is not known.</param>
    /// <returns>False with Python's error set.</returns>
    public bool Dispatch(nint frame)
    {
        Interlocked.Increment(ref looks);
        while (TakeNext(out var scope, out var word, out var again) is var action and not WordAction.None)
        {
            switch (action)
            {
                case WordAction.Raise when word.Rung == InterruptRung.Insist && !again:
                    return Insist();
                case WordAction.Raise:
                    // The code's own signals are nobody's request: what becomes of them is not followed.
                    if (Raise(word, frame, tracked: scope is not null))
                    {
                        break;
                    }

                    return false;
                case WordAction.Handle when !Handle(scope!, word, frame):
                    return false;
                default:
                    break;
            }
        }

        return !insisting || RaiseNow();
    }

    /// <summary>An exception came out where nothing can be raised, in <c>__del__</c> say. An interrupt is asked for again; the rest is for the code's hook.</summary>
    /// <returns>A new reference, or 0 with Python's error set.</returns>
    public nint OnUnraisable(nint unraisable)
    {
        var exception = objects.Attribute(unraisable, "exc_value"u8);
        var isLost = exception != 0 && IsLost(exception);
        if (exception == 0)
        {
            api.PyErr_Clear();
        }
        else
        {
            api.Py_DecRef(exception);
        }

        if (isLost)
        {
            return objects.Shared(api.None);
        }

        var hook = objects.Attribute(session, "outer_unraisable"u8);
        var result = objects.Call(hook, objects.Shared(unraisable));
        api.Py_DecRef(hook);
        return result;
    }

    private bool IsLost(nint exception)
    {
        var capsule = objects.Attribute(exception, "_procinterrupt"u8);
        if (capsule == 0)
        {
            api.PyErr_Clear();
            return false;
        }

        var id = api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName);
        api.Py_DecRef(capsule);
        if (id == 0)
        {
            api.PyErr_Clear();
            return false;
        }

        lock (gate)
        {
            if (!open || !alive.Remove(id, out var word))
            {
                return false;
            }

            lost.Enqueue(word);
            hasOwnWork = true;
            _ = PosixThread.Kill(thread, PrivateSignal);
        }

        return true;
    }

    /// <summary>Whether an exception is the interpreter's KeyboardInterrupt.</summary>
    public bool IsInterrupt(nint exception) => api.PyErr_GivenExceptionMatches(exception, api.KeyboardInterrupt) != 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CapsuleFreed(nint capsule) =>
        instance!.Settle(instance.api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TraceInsist(nint self, nint frame, int what, nint argument) =>
        what is LineEvent or CallEvent && instance!.insisting && !instance.RaiseNow() ? -1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TraceOpcodes(nint self, nint frame, int what, nint argument) =>
        what == OpcodeEvent && !instance!.PassOpcode(frame) ? -1 : 0;

    /// <summary>One thing under the gate, so that nothing is taken for a run that is over.</summary>
    private WordAction TakeNext(out RunScope? scope, out InterruptWord word, out bool again)
    {
        lock (gate)
        {
            scope = run;
            word = default;
            again = false;
            if (!open || scope is null)
            {
                return WordAction.None;
            }

            if (lost.TryDequeue(out word))
            {
                again = true;
                NoteOwnWork();
                return WordAction.Raise;
            }

            if (ownSignals != 0)
            {
                var signal = (Signal)(BitOperations.TrailingZeroCount(ownSignals) + 1);
                ownSignals &= ownSignals - 1;
                NoteOwnWork();
                word = new InterruptWord(0, signal, InterruptReason.User, InterruptRung.Signal);
                scope = null;
                return Decide(signal);
            }
        }

        return desk.TakeForeign(scope, out word);
    }

    private void NoteOwnWork() => hasOwnWork = lost.Count > 0 || ownSignals != 0;

    /// <summary>Calls the code's handler.</summary>
    /// <param name="scope">The run whose word it is; <see langword="null"/> for the code's own signals, of which no receipt speaks.</param>
    /// <param name="word">What was taken.</param>
    /// <param name="frame">The interrupted frame, borrowed, or 0.</param>
    private bool Handle(RunScope? scope, InterruptWord word, nint frame)
    {
        var asyncio = kinds[(int)word.Signal] == SignalKind.Asyncio;
        if (asyncio && IsTaskRunning())
        {
            // The handler would cancel the task, which takes effect when it waits next; a busy one never does.
            if (scope is not null)
            {
                desk.RaiseForeign(scope, word);
            }

            return Raise(word, frame, tracked: scope is not null);
        }

        if (wakeup >= 0)
        {
            PosixThread.WriteByte(wakeup, (byte)word.Signal);
        }

        // Called from here, so that no frame of ours is in the traceback of what it raises.
        var handler = objects.Shared(api.PyList_GetItem(handlers, (int)word.Signal));
        var result = objects.Call(handler, objects.Integer((int)word.Signal), objects.Shared(frame != 0 ? frame : api.None));
        api.Py_DecRef(handler);
        if (result != 0)
        {
            api.Py_DecRef(result);
            if (asyncio && scope is not null)
            {
                desk.RaiseForeign(scope, word);
            }
            else if (scope is not null)
            {
                desk.ReportHandled(scope, word, HandledBy.Handler);
            }

            return true;
        }

        var error = objects.TakeError();
        if (scope is not null && IsInterrupt(error))
        {
            // As default_int_handler does: a handler that raises it makes the signal an interrupt.
            desk.RaiseForeign(scope, word);
            Track(error, word);
        }
        else if (scope is not null)
        {
            desk.ReportHandled(scope, word, HandledBy.Handler);
        }

        return RaiseAt(error, frame);
    }

    private bool IsTaskRunning()
    {
        var ask = objects.Attribute(session, "is_task_running"u8);
        var answer = objects.Call(ask);
        api.Py_DecRef(ask);
        var running = answer == api.True;
        if (answer == 0)
        {
            api.PyErr_Clear();
        }
        else
        {
            api.Py_DecRef(answer);
        }

        return running;
    }

    /// <inheritdoc cref="RaiseAt"/>
    private bool Raise(InterruptWord word, nint frame, bool tracked)
    {
        var exception = api.PyObject_CallObject(api.KeyboardInterrupt, 0);
        if (exception == 0)
        {
            return false;
        }

        if (tracked)
        {
            Track(exception, word);
        }

        return RaiseAt(exception, frame);
    }

    /// <summary>Sets an exception, whose reference it takes over, as Python's error, or sees to it that it is set soon.</summary>
    /// <returns>False with the error set.</returns>
    private bool RaiseAt(nint exception, nint frame)
    {
        if (frame == 0 || frame == api.None || deferred != 0 || !IsAtJump(frame))
        {
            objects.SetError(exception);
            return false;
        }

        // From 3.11 on the try around a loop may not cover its backward jump (seen up to 3.13): raise at the next opcode instead.
        deferred = exception;
        jumpsPassed = 0;
        deferredFrame = objects.Shared(frame);
        KeepUserTrace();
        if (!objects.SetAttribute(frame, "f_trace_opcodes"u8, api.True))
        {
            api.PyErr_Clear();
        }

        api.PyEval_SetTrace((nint)(delegate* unmanaged[Cdecl]<nint, nint, int, nint, int>)&TraceOpcodes, frame);
        return true;
    }

    /// <summary>Sets a new KeyboardInterrupt as Python's error; it is not followed.</summary>
    /// <returns>False: the error is set.</returns>
    private bool RaiseNow()
    {
        var exception = api.PyObject_CallObject(api.KeyboardInterrupt, 0);
        if (exception != 0)
        {
            objects.SetError(exception);
        }

        return false;
    }

    /// <summary>Ties a word to an exception, whose end is the interrupt's.</summary>
    private void Track(nint exception, InterruptWord word)
    {
        nint id;
        lock (gate)
        {
            id = ++lastRaised;
            alive[id] = word;
        }

        var guard = objects.Attribute(session, "guard_unraisable"u8);
        var guarded = objects.Call(guard);
        api.Py_DecRef(guard);
        var capsule = api.PyCapsule_New(id, (byte*)CapsuleName, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&CapsuleFreed);
        if (guarded == 0 || capsule == 0 || !objects.SetAttribute(exception, "_procinterrupt"u8, capsule))
        {
            // Only without memory; the end of the run settles it then.
            api.PyErr_Clear();
        }

        if (guarded != 0)
        {
            api.Py_DecRef(guarded);
        }

        if (capsule != 0)
        {
            api.Py_DecRef(capsule);
        }
    }

    /// <summary>The exception is gone. While the run goes on, that means that it was caught.</summary>
    private void Settle(nint id)
    {
        RunScope? scope;
        InterruptWord word;
        lock (gate)
        {
            scope = run;
            if (!open || !alive.Remove(id, out word))
            {
                return;
            }
        }

        // A run that ends meanwhile has been settled by its end.
        if (scope is not null)
        {
            desk.SettleForeign(scope, word);
        }
    }

    /// <summary>Raises now, and from a trace function at each line from now on, so that no clause can keep it.</summary>
    private bool Insist()
    {
        lock (gate)
        {
            // The end of the run settles everything now.
            alive.Clear();
        }

        if (TakeDeferred() is not 0 and var exception)
        {
            api.Py_DecRef(exception);
        }

        KeepUserTrace();
        insisting = true;
        api.PyEval_SetTrace((nint)(delegate* unmanaged[Cdecl]<nint, nint, int, nint, int>)&TraceInsist, api.None);
        return RaiseNow();
    }

    /// <summary>Whether the frame stands at a jump backward.</summary>
    private bool IsAtJump(nint frame)
    {
        if (runtime.Library.Minor < 11)
        {
            return false;
        }

        var last = objects.Attribute(frame, "f_lasti"u8);
        var code = api.PyFrame_GetCode(frame);
        var bytes = code == 0 ? 0 : objects.Attribute(code, "co_code"u8);
        var found = false;
        if (last != 0 && bytes != 0)
        {
            var index = api.PyLong_AsLongLong(last);
            var opcodes = objects.ByteSpan(bytes);
            found = index >= 0 && index < opcodes.Length && jumps[opcodes[(int)index]];
        }

        api.PyErr_Clear();
        foreach (var part in (ReadOnlySpan<nint>)[last, code, bytes])
        {
            if (part != 0)
            {
                api.Py_DecRef(part);
            }
        }

        return found;
    }

    /// <returns>False with the interrupt set as Python's error.</returns>
    private bool PassOpcode(nint frame)
    {
        if (deferred == 0 || frame != deferredFrame || (jumpsPassed++ < MostJumps && IsAtJump(frame)))
        {
            return true;
        }

        objects.SetError(TakeDeferred());
        return false;
    }

    /// <summary>Tracing for it stops.</summary>
    /// <returns>The exception that waits to be raised, as the caller's reference; 0 for none.</returns>
    private nint TakeDeferred()
    {
        var exception = deferred;
        if (exception != 0)
        {
            deferred = 0;
            if (!objects.SetAttribute(deferredFrame, "f_trace_opcodes"u8, api.False))
            {
                api.PyErr_Clear();
            }

            api.Py_DecRef(deferredFrame);
            deferredFrame = 0;
            RestoreUserTrace();
        }

        return exception;
    }

    /// <summary>The code's own trace function is set aside, for it to have it back.</summary>
    private void KeepUserTrace()
    {
        if (userTrace == 0)
        {
            var get = objects.Attribute(session, "get_trace"u8);
            userTrace = objects.Call(get);
            api.Py_DecRef(get);
        }
    }

    private void RestoreUserTrace()
    {
        api.PyEval_SetTrace(0, 0);
        if (userTrace is not 0 and var trace)
        {
            userTrace = 0;
            if (trace == api.None)
            {
                api.Py_DecRef(trace);
                return;
            }

            var set = objects.Attribute(session, "set_trace"u8);
            var done = objects.Call(set, trace);
            api.Py_DecRef(set);
            if (done == 0)
            {
                api.PyErr_Clear();
            }
            else
            {
                api.Py_DecRef(done);
            }
        }
    }

    /// <summary>The run is over: whatever traces for us stops.</summary>
    private void StopTracing()
    {
        if (TakeDeferred() is not 0 and var exception)
        {
            api.Py_DecRef(exception);
        }

        if (userTrace != 0)
        {
            RestoreUserTrace();
        }
    }
}
