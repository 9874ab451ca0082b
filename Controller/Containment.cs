namespace ProcInterrupt;

/// <summary>How surely the processes that a session's code starts end with its worker.</summary>
public enum Containment
{
    /// <summary>
    /// Whichever of the worker and the controller outlives the other ends them: the worker's process group, and all that has
    /// inherited its environment, daemons too. Takes no privileges. What escapes: a daemon that was started with another
    /// environment, and daemons of a worker that is killed at the same moment as its controller.
    /// </summary>
    BestEffort = 0,

    /// <summary>
    /// The worker runs in a pid namespace of its own, and the kernel ends every process in it, however the worker or the
    /// controller ends. Linux only; takes the privilege to make one (root with CAP_SYS_ADMIN) and the programs <c>unshare</c> and
    /// <c>setpriv</c> of util-linux. Where it cannot be had, <see cref="Worker.StartAsync"/> refuses.
    /// </summary>
    /// <remarks>
    /// The code sees the session's processes only, in <c>/proc</c> too, by ids of their own; <see cref="Worker.ProcessId"/> is the id
    /// outside.
    /// </remarks>
    Complete = 1,
}
