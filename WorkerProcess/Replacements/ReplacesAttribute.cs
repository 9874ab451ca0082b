namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>The public static methods of this class are called by woven code in place of those of a framework type.</summary>
/// <remarks>
/// A method stands for the one of the same name whose parameters are its own; for an instance method its first parameter is
/// the receiver (<c>ref</c> for a struct). For a getter the name is the property's. Type parameters are those of the type,
/// then those of the method. The weaver finds them by reflection, so a new one needs nothing else.
/// </remarks>
/// <param name="replaced">The framework's type; an open generic one for a generic type.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReplacesAttribute(Type replaced) : Attribute
{
    /// <summary>The name of a method that stands for a constructor of a class that is not generic.</summary>
    public const string New = nameof(New);

    public Type Replaced { get; } = replaced;

    /// <summary>Where the replacement is made.</summary>
    public ReplacementScope Scope { get; init; }
}
