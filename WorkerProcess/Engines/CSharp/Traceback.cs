using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>
/// Describes what escaped from a run as C# prints it, innermost call first, without the frames of this engine and of
/// the compiler's plumbing. Reads properties that a program may override, so call it as user code.
/// </summary>
internal static class Traceback
{
    // Infinite recursion leaves a hundred thousand frames; the ends say what happened.
    private const int FramesAtEachEnd = 50;
    private const int MaximumDepth = 10;
    private const int MaximumMessage = 64 * 1024;

    public static RunError Of(Exception exception) =>
        new(TypeName(exception.GetType()), Message(exception), Frames(exception));

    private static string Message(Exception exception)
    {
        string message;
        try
        {
            message = exception.Message ?? "";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            message = $"(the message cannot be read: {e.GetType()})";
        }

        return message.Length <= MaximumMessage ? message : string.Concat(message.AsSpan(0, MaximumMessage), "...");
    }

    public static string Frames(Exception exception) => Frames(exception, depth: 0).TrimEnd('\n');

    private static string Frames(Exception exception, int depth)
    {
        var text = new StringBuilder();
        IReadOnlyList<Exception> causes = exception is AggregateException many ? many.InnerExceptions
            : exception.InnerException is { } one ? [one] : [];
        foreach (Exception cause in depth < MaximumDepth ? causes.Take(MaximumDepth) : [])
        {
            text.Append(CultureInfo.InvariantCulture, $" ---> {TypeName(cause.GetType())}: {Message(cause)}\n");
            text.Append(Frames(cause, depth + 1));
            text.Append("   --- End of inner exception stack trace ---\n");
        }

        StackFrame[] frames = [.. new StackTrace(exception, fNeedFileInfo: true).GetFrames().Where(IsUsers)];
        for (int i = 0; i < frames.Length; i++)
        {
            if (i == FramesAtEachEnd && frames.Length > 2 * FramesAtEachEnd)
            {
                text.Append(CultureInfo.InvariantCulture, $"   ... {frames.Length - (2 * FramesAtEachEnd)} more calls ...\n");
                i = frames.Length - FramesAtEachEnd;
            }

            Append(text, frames[i]);
        }

        return text.ToString();
    }

    private static bool IsUsers(StackFrame frame) => frame.GetMethod() is { } method && IsShown(method);

    /// <summary>Whether a method is no plumbing of ours or of the compiler's.</summary>
    public static bool IsShown(MethodBase method)
    {
        Type? type = method.DeclaringType;
        return !method.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false)
            && method.Name != "<Factory>"
            && (type is null
                || (!type.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false)
                    && type.Assembly != typeof(Traceback).Assembly
                    && type != typeof(ExceptionDispatchInfo)
                    && !(type.Namespace == "System.Runtime.CompilerServices" && IsAsyncPlumbing(type.Name))));
    }

    private static bool IsAsyncPlumbing(string type) =>
        type.StartsWith("Async", StringComparison.Ordinal) || type.Contains("Awaiter", StringComparison.Ordinal)
        || type.Contains("Awaitable", StringComparison.Ordinal);

    private static void Append(StringBuilder text, StackFrame frame)
    {
        Append(text, frame.GetMethod()!, frame);
    }

    /// <summary>One call, as a line.</summary>
    public static void Append(StringBuilder text, MethodBase method, StackFrame? frame)
    {
        text.Append("   at ").Append(Name(method));
        if (frame?.GetFileName() is { } file)
        {
            text.Append(CultureInfo.InvariantCulture, $" in {file}:line {frame.GetFileLineNumber()}");
        }

        text.Append('\n');
    }

    /// <summary>A method as it was written.</summary>
    public static string Name(MethodBase method) => Describe(Original(method));

    /// <summary>The method as it was written, for the <c>MoveNext</c> of an iterator or asynchronous method.</summary>
    private static MethodBase Original(MethodBase method)
    {
        if (method.Name != "MoveNext" || method.DeclaringType is not { DeclaringType: { } owner } machine || !IsGenerated(machine))
        {
            return method;
        }

        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
            | BindingFlags.DeclaredOnly;
        Type definition = machine.IsGenericType ? machine.GetGenericTypeDefinition() : machine;
        return Array.Find(
            owner.GetMethods(Declared),
            candidate => candidate.GetCustomAttributes<StateMachineAttribute>().Any(a => a.StateMachineType == definition)) ?? method;
    }

    private static string Describe(MethodBase method)
    {
        string name = method.Name;
        Type? type = method.DeclaringType;
        if (name == "MoveNext" && type!.Name.StartsWith("<<Initialize>>", StringComparison.Ordinal))
        {
            return "<top level>";
        }

        var text = new StringBuilder();
        while (type is not null && IsGenerated(type) && method.Name != "MoveNext")
        {
            type = type.DeclaringType; // a closure's class says nothing
        }

        if (type is not null && !IsSubmission(type))
        {
            text.Append(TypeName(type)).Append('.');
        }

        text.Append(MethodName(name));
        if (method.IsGenericMethod)
        {
            text.Append('[').AppendJoin(',', method.GetGenericArguments().Select(static a => a.Name)).Append(']');
        }

        text.Append('(');
        text.AppendJoin(", ", method.GetParameters().Where(static p => p.Name?.StartsWith('<') != true).Select(static p => $"{p.ParameterType.Name} {p.Name}"));
        return text.Append(')').ToString();
    }

    /// <summary><c>&lt;Outer&gt;b__0_1</c> is a lambda in Outer, <c>&lt;Outer&gt;g__Local|0_1</c> a local function.</summary>
    private static string MethodName(string name)
    {
        int end = name.LastIndexOf('>');
        if (name[0] != '<' || end < 0)
        {
            return name;
        }

        string outer = MethodName(name[1..end]);
        outer = outer is "Initialize" ? "<top level>" : outer;
        ReadOnlySpan<char> rest = name.AsSpan(end + 1);
        if (rest.StartsWith("g__"))
        {
            int bar = rest.IndexOf('|');
            return $"{outer}.{rest[3..(bar < 0 ? rest.Length : bar)]}";
        }

        return rest.StartsWith("b__") ? $"{outer}.lambda" : outer;
    }

    private static string TypeName(Type type)
    {
        string name = type.IsGenericType ? type.GetGenericTypeDefinition().FullName ?? type.Name : type.FullName ?? type.Name;
        if (type.DeclaringType is { } outer && IsSubmission(Outermost(outer)))
        {
            name = name[(name.IndexOf('+') + 1)..];
        }

        return name.Replace('+', '.');
    }

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static bool IsSubmission(Type type) => type.DeclaringType is null && type.FullName?.StartsWith("Submission#", StringComparison.Ordinal) == true;

    private static bool IsGenerated(Type type) => type.DeclaringType is not null && type.Name.StartsWith('<');
}
