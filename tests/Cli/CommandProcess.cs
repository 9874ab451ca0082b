using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ProcInterrupt.Tests.Cli;

/// <summary>The built command as a process, as a user starts it.</summary>
internal sealed partial class CommandProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>Far more than anything here takes, even on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder errorText = new();
    private readonly Task errorRead;

    private CommandProcess(Process process)
    {
        this.process = process;
        errorRead = ReadErrorAsync();
    }

    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "procinterrupt.dll");

    /// <summary>The <c>dotnet</c> that runs these tests.</summary>
    public static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public int Id => process.Id;

    public StreamWriter Input => process.StandardInput;

    public StreamReader Output => process.StandardOutput;

    /// <summary>What has come on standard error so far.</summary>
    public string ErrorText
    {
        get
        {
            lock (errorText)
            {
                return errorText.ToString();
            }
        }
    }

    public static CommandProcess Start(params string[] arguments) => Start(arguments, null);

    public static CommandProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment) =>
        StartProgram(DotNet, [Assembly, .. arguments], environment);

    /// <summary>Starts another program, with the same bounds in time.</summary>
    public static CommandProcess StartProgram(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = encoding,
            StandardOutputEncoding = encoding,
            StandardErrorEncoding = encoding,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Runs the command to its end.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs the command to its end with this on its standard input.</summary>
    public static async Task<CommandResult> RunWithInputAsync(string input, params string[] arguments)
    {
        await using var command = Start(arguments);
        var fed = FeedAsync();
        var result = await command.EndAsync();
        await fed.WaitAsync(Patience);
        return result;

        async Task FeedAsync()
        {
            try
            {
                await command.Input.WriteAsync(input);
                command.Input.Close();
            }
            catch (IOException)
            {
                // The command ended without reading all of it.
            }
        }
    }

    /// <summary>Reads the rest of the output and waits for the end.</summary>
    public async Task<CommandResult> EndAsync()
    {
        var output = await BoundedAsync(Output.ReadToEndAsync());
        return new CommandResult(await ExitCodeAsync(), output, ErrorText);
    }

    public async Task<int> ExitCodeAsync()
    {
        await BoundedAsync(process.WaitForExitAsync());
        await BoundedAsync(errorRead);
        return process.ExitCode;
    }

    /// <summary>Waits for the next line of standard output.</summary>
    public Task<string?> ReadLineAsync() => BoundedAsync(Output.ReadLineAsync());

    /// <summary>Waits until standard error holds the text.</summary>
    public async Task UntilErrorHoldsAsync(string text)
    {
        var waited = Stopwatch.StartNew();
        while (!ErrorText.Contains(text, StringComparison.Ordinal))
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException($"Standard error never held '{text}'; it holds: {ErrorText}");
            }

            await Task.Delay(5);
        }
    }

    public void Signal(int signal) => Signal(process.Id, signal);

    /// <summary>Sends a signal to any process.</summary>
    public static void Signal(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Whether a process of this id is there (and no zombie).</summary>
    public static bool IsRunning(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until no process of this id is there.</summary>
    public static async Task UntilGoneAsync(int processId)
    {
        var waited = Stopwatch.StartNew();
        while (IsRunning(processId))
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException($"Process {processId} was left behind.");
            }

            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task ReadErrorAsync()
    {
        var buffer = new char[4096];
        int count;
        while ((count = await process.StandardError.ReadAsync(buffer)) > 0)
        {
            lock (errorText)
            {
                errorText.Append(buffer, 0, count);
            }
        }
    }

    private async Task<T> BoundedAsync<T>(Task<T> task)
    {
        await BoundedAsync((Task)task);
        return await task;
    }

    private async Task BoundedAsync(Task task)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"The command did not go on within {Patience}. Its standard error: {ErrorText}", timeout);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
