using System.Reflection;
using Mono.Cecil;
using Mono.Collections.Generic;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>One method that woven code calls in place of a framework's.</summary>
internal sealed class Replacement
{
    private const string Constructor = ".ctor";

    private readonly string getter;
    private readonly ParameterInfo[] parameters;
    private readonly int typeParameters;
    private readonly int genericParameters;

    /// <param name="method">A method of a class that is marked with <see cref="ReplacesAttribute"/>.</param>
    /// <param name="replaced">The framework's type.</param>
    /// <param name="scope">Where the replacement is made.</param>
    public Replacement(MethodInfo method, Type replaced, ReplacementScope scope)
    {
        Method = method;
        Scope = scope;
        getter = $"get_{method.Name}";
        parameters = method.GetParameters();
        typeParameters = replaced.IsGenericTypeDefinition ? replaced.GetGenericArguments().Length : 0;
        genericParameters = method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0;
        IsOfStruct = replaced.IsValueType;
        IsOfVirtual = !IsOfStruct && Array.Exists(replaced.GetMethods(), m => m is { IsVirtual: true, IsFinal: false } && m.Name == method.Name);
    }

    public MethodInfo Method { get; }

    public ReplacementScope Scope { get; }

    /// <summary>The receiver is passed by reference.</summary>
    public bool IsOfStruct { get; }

    /// <summary>A call of the framework's method may be that of an override to the method it overrides.</summary>
    public bool IsOfVirtual { get; }

    /// <summary>How many type parameters the method has, those of the framework's type included.</summary>
    public int GenericParameters => genericParameters;

    /// <summary>How many of them are those of the framework's type; they come first.</summary>
    public int TypeParameters => typeParameters;

    /// <summary>Whether a method makes an object, and has none to be called on.</summary>
    public static bool IsConstructor(MethodReference method) => method.Name == Constructor;

    /// <summary>Whether it stands for a method of its framework type.</summary>
    public bool StandsFor(MethodReference method)
    {
        int receiver = method.HasThis && !IsConstructor(method) ? 1 : 0;
        string name = IsConstructor(method) ? ReplacesAttribute.New : method.Name;
        if ((Method.Name != name && getter != name) || parameters.Length != method.Parameters.Count + receiver
            || genericParameters != typeParameters + method.GenericParameters.Count)
        {
            return false;
        }

        for (int i = receiver; i < parameters.Length; i++)
        {
            if (!IsSame(parameters[i].ParameterType, method.Parameters[i - receiver].ParameterType))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsSame(Type ours, TypeReference theirs) => theirs switch
    {
        GenericParameter variable => ours.IsGenericMethodParameter
            && ours.GenericParameterPosition == variable.Position + (variable.Type == GenericParameterType.Method ? typeParameters : 0),
        IModifierType modified => IsSame(ours, modified.ElementType),
        ByReferenceType reference => ours.IsByRef && IsSame(ours.GetElementType()!, reference.ElementType),
        ArrayType array => ours.IsArray && ours.GetArrayRank() == array.Rank && IsSame(ours.GetElementType()!, array.ElementType),
        GenericInstanceType instance => ours.IsConstructedGenericType && IsNamed(ours, instance.ElementType)
            && AreSame(ours.GetGenericArguments(), instance.GenericArguments),
        TypeSpecification => false,
        _ => !ours.HasElementType && !ours.IsGenericType && !ours.IsGenericParameter && IsNamed(ours, theirs),
    };

    private bool AreSame(Type[] ours, Collection<TypeReference> theirs)
    {
        for (int i = 0; i < ours.Length; i++)
        {
            if (!IsSame(ours[i], theirs[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNamed(Type ours, TypeReference theirs) => ours.Name == theirs.Name
        && (theirs.DeclaringType is { } outer
            ? ours.DeclaringType is { } ourOuter && IsNamed(ourOuter, outer)
            : ours.DeclaringType is null && ours.Namespace == theirs.Namespace);
}
