using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Shows what an expression gave, as Roslyn's formatter does. Runs the value's own code, so call it as user code.</summary>
/// <remarks>
/// That formatter cuts its text but goes through a sequence to its end, which an endless one does not have; and no
/// checkpoint is reached while it goes through a large array. So of a long or lazy sequence it gets only as many items
/// as the text can hold.
/// </remarks>
internal static class RunValues
{
    /// <summary>Characters of the text; what is longer ends in "...".</summary>
    public const int MaximumLength = 64 * 1024;

    // An item takes at least three characters: its own and ", ".
    private const int MaximumItems = (MaximumLength / 3) + 1;

    private static readonly Dictionary<string, string> NoData = [];

    private static readonly PrintOptions Options = new()
    {
        MaximumOutputLength = MaximumLength,
        MemberDisplayFormat = MemberDisplayFormat.SingleLine,
    };

    /// <summary>The value as it is reported.</summary>
    /// <param name="value">What the expression gave.</param>
    /// <param name="passes">Whether an exception is the run's unwinding and must pass.</param>
    public static RunValue Of(object? value, Func<Exception, bool> passes) => new(Format(value, passes), NoData, Typed(value));

    private static string Format(object? value, Func<Exception, bool> passes)
    {
        try
        {
            return value is IEnumerable sequence and not string && !IsShort(sequence)
                ? FormatStart(sequence, passes)
                : CSharpObjectFormatter.Instance.FormatObject(value, Options);
        }
        catch (Exception e) when (!passes(e))
        {
            // The program itself succeeded; only showing its value did not.
            return $"<{value!.GetType()}, which cannot be shown: {e.GetType()}>";
        }
    }

    /// <summary>Whether Roslyn's formatter can be given the whole: it has few items, or is not shown by its items.</summary>
    private static bool IsShort(IEnumerable sequence) => Count(sequence) is { } count
        ? count <= MaximumItems || sequence is Array { Rank: > 1 }
        : sequence.GetType().GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType != typeof(object);

    /// <summary>How many items a sequence says it has; <see langword="null"/> when it finds out by going through them.</summary>
    private static int? Count(IEnumerable sequence)
    {
        if (sequence is ICollection collection)
        {
            return collection.Count;
        }

        foreach (Type type in sequence.GetType().GetInterfaces())
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() is { } definition
                && (definition == typeof(ICollection<>) || definition == typeof(IReadOnlyCollection<>)))
            {
                return (int)type.GetProperty("Count")!.GetMethod!
                    .Invoke(sequence, BindingFlags.DoNotWrapExceptions, binder: null, parameters: null, CultureInfo.InvariantCulture)!;
            }
        }

        return null;
    }

    private static string FormatStart(IEnumerable sequence, Func<Exception, bool> passes)
    {
        var items = new List<object?>();
        string end = " }";
        try
        {
            foreach (object? item in sequence)
            {
                items.Add(item);
                if (items.Count == MaximumItems)
                {
                    end = ""; // the text is full before these are all shown
                    break;
                }
            }
        }
        catch (Exception e) when (!passes(e))
        {
            end = $"{(items.Count == 0 ? "" : ",")} !<{TypeName(e.GetType()).Name}> ... }}";
        }

        string shown = CSharpObjectFormatter.Instance.FormatObject(items.ToArray(), Options);
        string text = Header(sequence) + " " + shown[shown.IndexOf('{')..];
        return text.EndsWith(" }", StringComparison.Ordinal) ? string.Concat(text.AsSpan(0, text.Length - 2), end) : text;
    }

    private static string Header(IEnumerable sequence)
    {
        (string name, string suffix) = TypeName(sequence is Array ? sequence.GetType().GetElementType()! : sequence.GetType());
        return sequence switch
        {
            Array array => $"{name}[{array.Length}]{suffix}",
            ICollection collection => $"{name}({collection.Count})",
            _ => name,
        };
    }

    /// <summary>The formatter's name for a type, and what stands behind the length of an array of it (<c>[]</c> when it is one itself).</summary>
    private static (string Name, string Suffix) TypeName(Type type)
    {
        // An empty array is the one way to that name: "Name[0] { }".
        const string Empty = "[0]";
        string name = CSharpObjectFormatter.Instance.FormatObject(Array.CreateInstance(type, 0), Options);
        int at = name.IndexOf(Empty, StringComparison.Ordinal);
        return (name[..at], name[(at + Empty.Length)..].TrimEnd('{', ' ', '}'));
    }

    private static object? Typed(object? value) => value switch
    {
        bool or long or double or string or byte[] => value,
        sbyte number => (long)number,
        byte number => (long)number,
        short number => (long)number,
        ushort number => (long)number,
        int number => (long)number,
        uint number => (long)number,
        float number => (double)number,
        _ => null,
    };
}
