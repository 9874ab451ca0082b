using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>The tasks inside awaiters and value tasks: the awaiters' own waits would run them, see <see cref="BlockedTask"/>.</summary>
internal static class TaskFields
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    public static extern ref Task Awaited(ref TaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    public static extern ref Task Awaited(ref ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    public static extern ref ValueTask Awaited(ref ValueTaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    public static extern ref ValueTask Awaited(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter);

    /// <summary>A task, some other source, or null when it is complete.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_obj")]
    public static extern ref object? Source(ref ValueTask task);
}
