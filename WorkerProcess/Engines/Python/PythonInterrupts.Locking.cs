namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>Python's lock around .NET code that Python called.</content>
internal sealed unsafe partial class PythonInterrupts
{
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
}
