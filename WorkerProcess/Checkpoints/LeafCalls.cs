using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Methods of the base library that are over at once and call nobody's code.</summary>
/// <remarks>A method missing here costs a check and a stack compare in its callers. One that is here wrongly lets a recursion overflow the stack.</remarks>
internal sealed class LeafCalls
{
    // Types whose methods call back only through arguments, which are looked at.
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "System.Math", "System.MathF", "System.Boolean", "System.Byte", "System.SByte", "System.Char", "System.Int16", "System.UInt16",
        "System.Int32", "System.UInt32", "System.Int64", "System.UInt64", "System.Int128", "System.UInt128", "System.IntPtr", "System.UIntPtr",
        "System.Single", "System.Double", "System.Half", "System.Decimal", "System.String", "System.DateTime", "System.DateTimeOffset",
        "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Guid", "System.BitConverter", "System.Buffer", "System.Convert",
        "System.Range", "System.Index", "System.Random", "System.Nullable`1", "System.Span`1", "System.ReadOnlySpan`1", "System.Memory`1",
        "System.ReadOnlyMemory`1", "System.Diagnostics.Stopwatch", "System.Numerics.BitOperations", "System.Text.StringBuilder",
        "System.Runtime.CompilerServices.RuntimeHelpers", "System.Runtime.CompilerServices.Unsafe",
        "System.Runtime.InteropServices.MemoryMarshal", "System.Threading.Interlocked", "System.Threading.Volatile", "System.Type",
        "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler",
    };

    // Methods of generic or virtual types that touch no element's own code.
    private static readonly Dictionary<string, HashSet<string>> Members = new(StringComparer.Ordinal)
    {
        ["System.Object"] = [".ctor", "GetType", "ReferenceEquals"],
        ["System.Attribute"] = [".ctor"],
        ["System.Delegate"] = [],
        ["System.Array"] = ["get_Length", "get_LongLength", "get_Rank", "GetLength", "GetLowerBound", "GetUpperBound", "Copy", "Clear", "Empty"],
        ["System.Threading.Monitor"] = ["Exit"],
        ["System.Threading.Lock"] = [".ctor", "Exit", "get_IsHeldByCurrentThread"],
        ["System.Environment"] = ["get_CurrentManagedThreadId", "get_TickCount", "get_TickCount64", "get_ProcessorCount", "get_NewLine"],
        ["System.Collections.Generic.List`1"] =
            [".ctor", "Add", "get_Item", "set_Item", "get_Count", "get_Capacity", "Clear", "RemoveAt", "Insert", "GetEnumerator", "ToArray", "Reverse"],
        ["System.Collections.Generic.Stack`1"] = [".ctor", "Push", "Pop", "Peek", "get_Count", "Clear", "GetEnumerator", "TryPop", "TryPeek"],
        ["System.Collections.Generic.Queue`1"] = [".ctor", "Enqueue", "Dequeue", "Peek", "get_Count", "Clear", "GetEnumerator", "TryDequeue", "TryPeek"],
        ["System.Collections.Generic.KeyValuePair`2"] = [".ctor", "get_Key", "get_Value", "Deconstruct"],
        ["System.Collections.Generic.Dictionary`2"] = ["get_Count", "GetEnumerator", "get_Keys", "get_Values"],
        ["System.Collections.Generic.HashSet`1"] = ["get_Count", "GetEnumerator"],
    };

    private readonly Dictionary<MethodReference, bool> known = [];

    /// <param name="method">A method of another assembly.</param>
    /// <param name="prefix">The instruction before the call, which may be a <c>constrained.</c> prefix.</param>
    public bool IsLeaf(MethodReference method, Instruction? prefix)
    {
        if (prefix is { OpCode.Code: Code.Constrained, Operand: TypeReference constrained })
        {
            // The enumerators of the base library's collections, which are structs.
            return constrained.IsValueType && constrained.GetElementType() is { Name: "Enumerator", DeclaringType.Namespace: "System.Collections.Generic" };
        }

        if (!known.TryGetValue(method, out bool isLeaf))
        {
            isLeaf = Judge(method);
            known.Add(method, isLeaf);
        }

        return isLeaf;
    }

    private static bool Judge(MethodReference method)
    {
        TypeReference type = method.DeclaringType;
        if (type.IsArray)
        {
            return true;
        }

        TypeReference element = type.GetElementType();
        if (element is { Name: "Enumerator", DeclaringType.Namespace: "System.Collections.Generic" })
        {
            return true;
        }

        if (method is { Name: ".ctor", Parameters: [{ ParameterType.MetadataType: MetadataType.Object }, { ParameterType.MetadataType: MetadataType.IntPtr }] })
        {
            // A delegate's.
            return true;
        }

        if (element is { Name: "Scope", DeclaringType: { Name: "Lock", Namespace: "System.Threading" } })
        {
            // The end of a lock statement.
            return true;
        }

        if (element.DeclaringType is not null || !element.Namespace.StartsWith("System", StringComparison.Ordinal))
        {
            return false;
        }

        string name = element.FullName;
        if (Members.TryGetValue(name, out HashSet<string>? members))
        {
            return members.Contains(method.Name) && (method.Name != ".ctor" || !HasRiskyParameter(method, allowGeneric: true));
        }

        if (name.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
        {
            return method.Name is ".ctor";
        }

        if (element.Name.EndsWith("Exception", StringComparison.Ordinal))
        {
            return method.Name is ".ctor" && element.Namespace is "System" && !HasRiskyParameter(method, allowGeneric: false);
        }

        return Types.Contains(name) && method is not GenericInstanceMethod { GenericArguments: var arguments, DeclaringType.Name: not ("Unsafe" or "MemoryMarshal" or "Interlocked" or "Volatile") }
            && !HasRiskyParameter(method, allowGeneric: name is not ("System.Nullable`1" or "System.Type"))
            && method.Name is not ("Equals" or "GetHashCode" or "ToString" or "CompareTo" or "RunClassConstructor" or "RunModuleConstructor"
                or "ExecuteCodeWithGuaranteedCleanup" or "ChangeType" or "InvokeMember" or "GetType" or "AppendFormatted" or "Invoke");
    }

    // Objects, delegates and interfaces may bring code of the user's along.
    private static bool HasRiskyParameter(MethodReference method, bool allowGeneric)
    {
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            if (IsRisky(parameter.ParameterType, allowGeneric))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRisky(TypeReference type, bool allowGeneric) => type.MetadataType switch
    {
        MetadataType.Object => true,
        MetadataType.Class => type.FullName is not ("System.Text.StringBuilder" or "System.Array" or "System.Globalization.CultureInfo" or "System.Type"),
        MetadataType.Var or MetadataType.MVar => !allowGeneric,
        MetadataType.Array or MetadataType.ByReference or MetadataType.Pointer => IsRisky(((TypeSpecification)type).ElementType, allowGeneric) && type.MetadataType is not MetadataType.Array,
        MetadataType.GenericInstance => type.GetElementType().FullName is not ("System.Span`1" or "System.ReadOnlySpan`1" or "System.Nullable`1" or "System.Memory`1" or "System.ReadOnlyMemory`1"),
        _ => false,
    };
}
