namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>One await that the run's interrupt ends; see <see cref="AwaitGuard"/>.</summary>
/// <param name="scope">The run.</param>
/// <param name="isPatient">What is awaited is interrupted too, and is waited for.</param>
internal abstract class GuardedAwait(RunScope scope, bool isPatient) : IThreadPoolWorkItem
{
    /// <summary>How long what is interrupted too may take to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly bool cleanup = CleanupDepth.InCleanup;
    private readonly CancellationToken token = scope.Token;
    private readonly Continuation continuation = new();
    private LinkedListNode<GuardedAwait>? place;
    private int ended;

    public abstract Task Awaited { get; }

    /// <summary>Whether it is to be given time when the run is interrupted.</summary>
    public bool IsPatient => isPatient;

    /// <summary>Where it is in the list of its run. Guarded by the list.</summary>
    public LinkedListNode<GuardedAwait> Place => place ??= new LinkedListNode<GuardedAwait>(this);

    /// <summary>Whether the code behind it has what it awaited.</summary>
    protected abstract bool IsOver { get; }

    public void Start()
    {
        continuation.Guard = this;
        scope.Awaits.Begin();
        Watch();
        Awaited.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation.Run);
    }

    /// <summary>Whether an interrupt ends it now.</summary>
    public bool IsDue(bool unwindsForGood) => !cleanup || unwindsForGood;

    /// <summary>The run unwinds: ends the await, and goes on with the code behind it on this thread. For one that was taken off the list.</summary>
    public void Execute()
    {
        if (scope.Unwinding != Unwinding.None)
        {
            EndBy(scope.CreateUnwindingException());
        }
        else if (!IsOver)
        {
            // A catch clause elsewhere has dealt with it meanwhile: the await goes on, until the next one.
            Watch();
        }
    }

    /// <summary>The same, if what is awaited does not end by itself.</summary>
    public async Task ExecuteLaterAsync()
    {
        do
        {
            await Task.Delay(Patience).ConfigureAwait(false);
        }
        while (!IsOver && scope.IsCleaningUp);

        Execute();
    }

    /// <summary>Ends the await by an exception. For one that was taken off the list.</summary>
    public void EndBy(Exception exception)
    {
        continuation.Guard = null;
        EndInterrupted(exception);
        TellEnded();
    }

    protected abstract void EndAsTask();

    protected abstract void EndInterrupted(Exception exception);

    private void Watch()
    {
        scope.Awaits.Add(this);

        // Whoever makes the run unwind says so before it looks into the list.
        if (scope.Unwinding != Unwinding.None && IsDue(scope.UnwindsForGood) && scope.Awaits.Remove(this))
        {
            if (isPatient)
            {
                _ = ExecuteLaterAsync();
            }
            else
            {
                Execute();
            }
        }
    }

    private void OnCompleted()
    {
        scope.Awaits.Remove(this);
        if (AwaitedTask.WasCanceledBy(Awaited, token))
        {
            EndInterrupted(scope.CreateUnwindingException());
        }
        else
        {
            EndAsTask();
        }

        TellEnded();
    }

    // Once, by the task's end or the interrupt, after the code behind the await has gone on as far as it does at once.
    private void TellEnded()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            scope.AwaitEnded();
        }
    }

    /// <summary>What a task that may live for ever keeps of an await that is over: no more than this.</summary>
    private sealed class Continuation
    {
        private volatile GuardedAwait? guard;

        public GuardedAwait? Guard
        {
            set => guard = value;
        }

        public void Run() => guard?.OnCompleted();
    }
}
