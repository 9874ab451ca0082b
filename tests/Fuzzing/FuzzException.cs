namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>An input did what no input may.</summary>
internal sealed class FuzzException : Exception
{
    public FuzzException(string target, int seed, byte[] input, string problem, Exception? cause)
        : base($"{target}, seed {seed}: {problem} Input: {Convert.ToBase64String(input)}", cause)
    {
    }
}
