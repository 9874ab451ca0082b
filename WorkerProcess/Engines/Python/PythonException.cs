using System.Runtime.CompilerServices;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>A Python exception on its way through .NET code: it comes out on the other side as the same object.</summary>
internal sealed class PythonException : Exception
{
    private static readonly ConditionalWeakTable<Exception, StrongBox<nint>> Carried = [];

    private PythonException(string message)
        : base(message)
    {
    }

    /// <summary>What .NET code sees of an exception whose reference it takes over: an interrupt is the library's own.</summary>
    /// <param name="error">The Python exception; the reference lives until it is taken.</param>
    /// <param name="isInterrupt">Whether it is a KeyboardInterrupt.</param>
    /// <param name="run">The run that it unwinds.</param>
    public static Exception Of(nint error, bool isInterrupt, uint run)
    {
        Exception exception = isInterrupt
            ? new KeyboardInterruptException(Signal.Interrupt, InterruptReason.User, CancellationToken.None) { Run = run }
            : new PythonException("An exception in Python code.");
        Carried.Add(exception, new StrongBox<nint>(error));
        return exception;
    }

    /// <summary>The Python exception inside, also within the wrappers of the base library; the caller gets the reference. 0 for none.</summary>
    public static nint Take(Exception? exception)
    {
        const int mostWrappers = 16;
        for (var depth = 0; exception is not null && depth < mostWrappers; depth++)
        {
            if (Carried.TryGetValue(exception, out var box))
            {
                var error = box.Value;
                box.Value = 0;
                return error;
            }

            exception = exception.InnerException;
        }

        return 0;
    }
}
