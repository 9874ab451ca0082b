using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Calls of the console that go past <see cref="Console.In"/> and <see cref="Console.Out"/> in the framework: to the terminal, to descriptors.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[Replaces(typeof(Console))]
public static class ConsoleCalls
{
    private static InputReader? input;
    private static RunOutput? output;

    private static InputReader Input => input ?? throw new InvalidOperationException("Woven code runs only inside a worker.");

    private static RunOutput Output => output ?? throw new InvalidOperationException("Woven code runs only inside a worker.");

    /// <summary>Whether something typed earlier is left; what may be typed next is not known before it is asked for.</summary>
    [SuppressMessage("Naming", "CA1707", Justification = "The name of what it replaces.")]
    public static bool KeyAvailable() => Input.HasRest;

    /// <inheritdoc cref="ReadKey(bool)"/>
    public static ConsoleKeyInfo ReadKey() => ReadKey(intercept: false);

    /// <summary>Asks for a line, and gives its characters one by one; of an empty line Enter.</summary>
    /// <param name="intercept">Whoever asks for the line is told not to show what is typed.</param>
    /// <exception cref="InvalidOperationException">The end of input.</exception>
    public static ConsoleKeyInfo ReadKey(bool intercept) => Input.ReadKey(intercept) is >= 0 and var character
        ? ConsoleKeys.Of((char)character)
        : throw new InvalidOperationException("Cannot read keys: the input has ended.");

    public static Stream OpenStandardInput() => new InputByteStream(Input);

    public static Stream OpenStandardInput(int bufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        return OpenStandardInput();
    }

    public static Stream OpenStandardOutput() => new OutputByteStream(OutputStream.Stdout, Output);

    public static Stream OpenStandardOutput(int bufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        return OpenStandardOutput();
    }

    public static Stream OpenStandardError() => new OutputByteStream(OutputStream.Stderr, Output);

    public static Stream OpenStandardError(int bufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        return OpenStandardError();
    }

    /// <summary>Called by the worker before any code runs.</summary>
    internal static void Install(InputReader reader, RunOutput writer) => (input, output) = (reader, writer);
}
