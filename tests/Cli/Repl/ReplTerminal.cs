using System.Diagnostics;
using System.Text;

namespace ProcInterrupt.Tests.Cli.Repl;

/// <summary>A REPL in a pseudo terminal of 80 columns, made by util-linux <c>script</c>; what it shows is kept.</summary>
internal sealed class ReplTerminal : IAsyncDisposable
{
    public const string CtrlC = "\u0003";
    public const string CtrlD = "\u0004";
    public const string Up = "\e[A";
    public const string Prompt = "csharp> ";

    private readonly CommandProcess process;
    private readonly StringBuilder shown = new();
    private readonly Task read;
    private int seen;

    private ReplTerminal(CommandProcess process)
    {
        this.process = process;
        read = ReadAsync();
    }

    /// <summary>All that came so far; the terminal's own carriage returns are left out.</summary>
    public string Shown
    {
        get
        {
            lock (shown)
            {
                return shown.ToString().Replace("\r\r\n", "\r\n", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Starts it and waits for its first prompt.</summary>
    /// <param name="environment">Besides TERM and NO_COLOR.</param>
    /// <param name="before">Shell commands before it.</param>
    /// <param name="after">Shell commands after it; the exit code is then theirs.</param>
    public static async Task<ReplTerminal> StartAsync(IReadOnlyDictionary<string, string>? environment = null, string before = "", string after = "")
    {
        var variables = new Dictionary<string, string> { ["TERM"] = "xterm", ["NO_COLOR"] = "1" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        var command = $"{before}{(after.Length == 0 ? "exec " : "")}'{CommandProcess.DotNet}' '{CommandProcess.Assembly}' repl{after}";
        var terminal = new ReplTerminal(CommandProcess.StartProgram("script", ["--quiet", "--return", "--command", command, "/dev/null"], variables));
        await terminal.UntilAsync(Prompt);
        return terminal;
    }

    public async Task TypeAsync(string keys)
    {
        await process.Input.WriteAsync(keys);
        await process.Input.FlushAsync();
    }

    /// <summary>Types an entry, and waits for the next prompt.</summary>
    /// <returns>What was shown from the end of the entry on to that prompt.</returns>
    public async Task<string> RunAsync(string entry)
    {
        await TypeAsync(entry + "\r");
        return await UntilAsync("\r\n", "\e[J" + Prompt);
    }

    /// <summary>Discards what was typed, and waits for the next prompt.</summary>
    public async Task DiscardAsync()
    {
        await TypeAsync(CtrlC);
        await UntilAsync("^C\r\n", Prompt);
    }

    /// <summary>Waits until the texts are shown, each behind the one before it and behind what was waited for before.</summary>
    /// <returns>What was shown behind the first of them, up to the last.</returns>
    public async Task<string> UntilAsync(params string[] texts)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var all = Shown;
            var (place, first) = (seen, -1);
            foreach (var text in texts)
            {
                var found = all.IndexOf(text, place, StringComparison.Ordinal);
                place = found < 0 ? -1 : found + text.Length;
                first = first < 0 ? place : first;
                if (place < 0)
                {
                    break;
                }
            }

            if (place >= 0)
            {
                seen = place;
                return all[first..Math.Max(first, place - texts[^1].Length)];
            }

            if (waited.Elapsed > CommandProcess.Patience || (read.IsCompleted && Shown.Length == all.Length))
            {
                throw new TimeoutException($"The terminal never showed '{string.Join("', '", texts)}' behind: {all[seen..]}\nAll of it: {all}");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitCodeAsync()
    {
        await read.WaitAsync(CommandProcess.Patience);
        return await process.ExitCodeAsync();
    }

    /// <summary>The process of the command itself.</summary>
    /// <param name="workerId">Its worker's.</param>
    public static int ParentOf(int workerId)
    {
        var status = File.ReadAllText($"/proc/{workerId}/stat");
        return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1]);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        int count;
        while ((count = await process.Output.ReadAsync(buffer)) > 0)
        {
            lock (shown)
            {
                shown.Append(buffer, 0, count);
            }
        }
    }
}
