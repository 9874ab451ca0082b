namespace ProcInterrupt;

/// <summary>Offers a method to code of other languages in a worker that was started with its assembly as a host assembly.</summary>
/// <remarks>
/// <para>The method is public and static, in a public type. Python finds it in the module <c>procinterrupt.host</c>.</para>
/// <para>
/// Arguments and results: <see langword="bool"/>, numbers, <see langword="string"/>, <see langword="byte"/>[],
/// <see cref="TimeSpan"/> (seconds), arrays, lists and dictionaries of these, and delegates for callables. A
/// <see cref="CancellationToken"/> parameter gets <see cref="Interrupt.Token"/> and is no argument. A task that is returned
/// is waited for.
/// </para>
/// <para>
/// A method that works for long calls <see cref="Interrupt.Check"/>, or waits with <see cref="Interrupt.Sleep"/> or
/// the token; what it raises comes out in the code that called it.
/// </para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFunctionAttribute : Attribute
{
    /// <summary>Offers the method under its own name in the caller's style: Python's <c>blocking_sleep</c> for <c>BlockingSleep</c>.</summary>
    public HostFunctionAttribute()
    {
    }

    /// <summary>Offers the method under a name.</summary>
    /// <param name="name">The name.</param>
    public HostFunctionAttribute(string name) => Name = name;

    /// <summary>The name it is offered under.</summary>
    /// <value><see langword="null"/> for the method's own in the caller's style.</value>
    public string? Name { get; }
}
