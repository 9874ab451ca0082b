using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Shows what an expression gave. Runs the value's own code, so call it as user code.</summary>
internal static class RunValues
{
    /// <summary>Characters of the text; what is longer ends in "...".</summary>
    public const int MaximumLength = 64 * 1024;

    private static readonly Dictionary<string, string> NoData = [];

    private static readonly PrintOptions Options = new()
    {
        MaximumOutputLength = MaximumLength,
        MemberDisplayFormat = MemberDisplayFormat.SingleLine,
    };

    public static RunValue Of(object? value, Func<Exception, bool> passes) => new(Format(value, passes), NoData, Typed(value));

    private static string Format(object? value, Func<Exception, bool> passes)
    {
        try
        {
            return CSharpObjectFormatter.Instance.FormatObject(value, Options);
        }
        catch (Exception e) when (!passes(e))
        {
            // The program itself succeeded; only showing its value did not.
            return $"<{value!.GetType()}, which cannot be shown: {e.GetType()}>";
        }
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
