namespace ProcInterrupt.Cli.Terminal;

/// <summary>What a command does when its standard output cannot be written.</summary>
internal static class OutputFailure
{
    /// <summary>Tells of the failure on standard error, unless it is only that nobody reads any more.</summary>
    /// <returns>The exit code.</returns>
    public static int ExitCodeOf(IOException failure)
    {
        if (failure.HResult == DescriptorStream.BrokenPipe)
        {
            return ExitCodes.OutputClosed;
        }

        Console.Error.WriteLine($"procinterrupt: standard output cannot be written: {failure.Message}");
        return ExitCodes.Failed;
    }
}
