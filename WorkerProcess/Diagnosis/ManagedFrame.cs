using System.Diagnostics;
using System.Reflection;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>One call of a thread's.</summary>
/// <param name="Method">What was called.</param>
/// <param name="Place">Knows the line; <see langword="null"/> where that is not known.</param>
internal sealed record ManagedFrame(MethodBase Method, StackFrame? Place);
