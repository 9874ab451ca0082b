using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <inheritdoc cref="TaskFields"/>
internal static class TaskFieldsOfT<T>
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    public static extern ref Task<T> Awaited(ref TaskAwaiter<T> awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    public static extern ref Task<T> Awaited(ref ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    public static extern ref ValueTask<T> Awaited(ref ValueTaskAwaiter<T> awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    public static extern ref ValueTask<T> Awaited(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter);

    /// <inheritdoc cref="TaskFields.Source"/>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_obj")]
    public static extern ref object? Source(ref ValueTask<T> task);
}
