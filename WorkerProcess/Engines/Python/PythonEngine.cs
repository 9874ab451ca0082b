using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>The <c>python</c> engine: the CPython of the machine, in this process.</summary>
/// <remarks>
/// The library is loaded at the worker's start, which tells its version and takes a millisecond or two; it is initialised by
/// the first run, so that workers that run no Python do not pay for it. The run thread is Python's main thread: it is one
/// for the worker's life, and no run of another engine can overlap.
/// </remarks>
internal sealed class PythonEngine : IEngine
{
    private readonly PythonLibrary? library;
    private readonly DeliveryDesk desk;
    private readonly OutputBuffer output;
    private readonly MessageSender sender;
    private readonly DescriptorCapture captured;
    private readonly InputReader input;
    private readonly IReadOnlyList<HostFunction> hostFunctions;
    private readonly long? memoryBytes;
    private PythonSession? session;
    private bool begun;

    public PythonEngine(
        LocatingEnvironment environment,
        DeliveryDesk desk,
        OutputBuffer output,
        MessageSender sender,
        DescriptorCapture captured,
        InputReader input,
        IReadOnlyList<string> hostAssemblies,
        long? memoryBytes,
        IWeaver weaver)
    {
        library = PythonLibrary.Load(environment, out var unavailable);
        try
        {
            hostFunctions = HostFunction.In(hostAssemblies, weaver);
        }
        catch (InvalidOperationException exception)
        {
            hostFunctions = [];
            unavailable ??= exception.Message;
        }

        Info = new EngineInfo("python", library?.Version ?? "", unavailable);
        this.desk = desk;
        this.output = output;
        this.sender = sender;
        this.captured = captured;
        this.input = input;
        this.memoryBytes = memoryBytes;
    }

    public EngineInfo Info { get; }

    public bool KeepsHandlers => true;

    public void WarmUp(Func<bool> wanted)
    {
        // Nothing: a worker that runs only C# is not to hold an interpreter.
    }

    public EngineResult Execute(EngineRequest request, IRunScope scope) => Session().Execute(request, (RunScope)scope);

    public CodeCompleteness IsComplete(string code) => Session().IsComplete(code);

    public Completions Complete(string code, int position) => Session().Complete(code, position);

    public void Reset() => session?.Reset();

    /// <summary>The first call initialises CPython.</summary>
    private PythonSession Session()
    {
        if (begun && session is null)
        {
            throw new InvalidOperationException("CPython could not be initialised, and cannot be tried again in this process; start a new worker.");
        }

        begun = true;
        return session ??= new PythonSession(library!, desk, output, sender, captured, input, hostFunctions, memoryBytes);
    }
}
