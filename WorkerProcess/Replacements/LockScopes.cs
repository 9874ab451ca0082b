using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Makes the scope of a lock that is held already.</summary>
/// <remarks>
/// Only <see cref="Lock.EnterScope"/> makes one, and it waits. Entering twice and leaving once costs five times as much as
/// the lock itself, so the scope is made by its layout, which is compared once with that of a real one.
/// </remarks>
internal static class LockScopes
{
    private static readonly bool IsLayoutKnown = Check();

    public static Lock.Scope Make(Lock held)
    {
        if (IsLayoutKnown)
        {
            var image = new Image { Lock = held, Owner = Owner(held) };
            return Unsafe.As<Image, Lock.Scope>(ref image);
        }

        var scope = held.EnterScope();
        held.Exit();
        return scope;
    }

    private static bool Check()
    {
        var probe = new Lock();
        var scope = probe.EnterScope();
        var isKnown = false;
        if (Unsafe.SizeOf<Image>() == Unsafe.SizeOf<Lock.Scope>())
        {
            ref var image = ref Unsafe.As<Lock.Scope, Image>(ref scope);
            isKnown = image.Lock == probe && image.Owner == Owner(probe);
        }

        scope.Dispose();
        return isKnown;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_owningThreadId")]
    private static extern ref uint Owner(Lock @lock);

    private ref struct Image
    {
        public Lock Lock;
        public uint Owner;
    }
}
