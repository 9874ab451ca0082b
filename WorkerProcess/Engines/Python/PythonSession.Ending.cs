using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>What the end of the code means for the run.</content>
internal sealed unsafe partial class PythonSession
{
    /// <returns>What escaped, or 0.</returns>
    private nint Describe(nint result, out RunValue? value)
    {
        value = null;
        var described = objects.Call(describe, objects.Shared(result));
        if (described == 0)
        {
            return objects.TakeError();
        }

        value = new RunValue(objects.ToText(objects.Item(described, 0)), objects.Forms(objects.Item(described, 1)), PythonValues.Typed(api, objects, result));
        api.Py_DecRef(described);
        return 0;
    }

    /// <returns>What escaped, or 0.</returns>
    private nint Finish()
    {
        var done = objects.Call(finish);
        if (done == 0)
        {
            return objects.TakeError();
        }

        api.Py_DecRef(done);
        return 0;
    }

    /// <summary>What an exception that came out means for the run.</summary>
    /// <returns>What escaped while that was found out, or 0.</returns>
    private nint Judge(nint escaped, RunScope run, out ForeignEnd end, out int exitCode, ref RunError error)
    {
        end = ForeignEnd.Returned;
        exitCode = 0;
        if (run.Raised.Count > 0 && (interrupts.HasInsisted || interrupts.IsInterruptOrGroup(escaped)) && desk.TryEndForeign(run))
        {
            end = ForeignEnd.Interrupted;
            return 0;
        }

        if (api.PyErr_GivenExceptionMatches(escaped, api.SystemExit) != 0)
        {
            var code = Call("exit_code"u8, objects.Shared(escaped));
            if (code == 0)
            {
                return objects.TakeError();
            }

            exitCode = (int)api.PyLong_AsLongLong(code);
            api.Py_DecRef(code);
            end = ForeignEnd.Exited;
            return 0;
        }

        var failure = Call("failure"u8, objects.Shared(escaped));
        if (failure == 0)
        {
            return objects.TakeError();
        }

        error = ErrorOf(failure);
        return Finish();
    }

    /// <summary>An error outside the code's own time: it does not compile.</summary>
    private RunError DescribeError(nint exception)
    {
        var failure = Call("failure"u8, exception);
        if (failure != 0)
        {
            return ErrorOf(failure);
        }

        api.PyErr_Clear();
        return new RunError("Exception", "(cannot be described)", "");
    }

    private RunError ErrorOf(nint failure)
    {
        var error = new RunError(objects.ToText(objects.Item(failure, 0)), objects.ToText(objects.Item(failure, 1)), objects.ToText(objects.Item(failure, 2)));
        api.Py_DecRef(failure);
        return error;
    }

    private void Supersede(ref nint escaped, nint newer)
    {
        if (newer != 0)
        {
            if (escaped != 0)
            {
                api.Py_DecRef(escaped);
            }

            escaped = newer;
        }
    }

    /// <summary>
    /// The code forked, and this is the child coming to the end of the parent's code: the worker's pipe and session are the
    /// parent's, and its other threads are not here. Leaves through Python, since .NET may wait for such a thread.
    /// </summary>
    private void LeaveForkedChild(nint escaped)
    {
        if (PosixThread.ProcessId() != Environment.ProcessId)
        {
            _ = objects.Call(leaveChild, objects.Shared(escaped == 0 ? api.None : escaped));
        }
    }
}
