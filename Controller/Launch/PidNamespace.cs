using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ProcInterrupt.Budgets;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Launch;

/// <summary>A worker in a pid namespace of its own, made with the programs of util-linux.</summary>
/// <remarks>
/// <c>unshare</c> dies with this process, the namespace's first process with <c>unshare</c>, and the kernel ends all others with
/// that. The first process is a shell that waits for the worker and takes in orphans: a first process proper is spared most
/// signals, which the worker is not to be.
/// </remarks>
internal static class PidNamespace
{
    /// <summary>The descriptor at which the worker finds the <c>/proc</c> of this process: its own shows its namespace only.</summary>
    public const int OuterProcDescriptor = 9;

    private const string Init = "\"$@\"; exit $?";

    /// <summary>
    /// The same for a worker that keeps a budget of processes: while that itself forks without end, its watch hardly gets a turn.
    /// Then the first process ends all, with the exit code of that budget. (A shell would have the worker ignore SIGINT and SIGQUIT.)
    /// </summary>
    private const string InitWithCeiling = """
        exec 3<&0
        env --default-signal=INT --default-signal=QUIT "$@" <&3 3<&- &
        worker=$!
        exec 3<&-
        while kill -0 $worker 2>/dev/null; do
          set -- /proc/[0-9]*
          [ $# -gt {0} ] && exit {1}
          sleep 0.05
        done
        wait $worker
        exit $?
        """;

    /// <summary>How many processes more than the budget the worker's own watch is given to catch.</summary>
    private const int CeilingSlack = 1000;

    private static readonly string[] Places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private static volatile bool works;

    /// <summary>The command that runs another one in a namespace of its own.</summary>
    /// <param name="command">The worker's.</param>
    /// <param name="processes">Its budget of processes, or null.</param>
    /// <param name="cancellationToken">Ends the trial whether it can be had.</param>
    /// <exception cref="WorkerStartException">It cannot be had here; the message says why.</exception>
    public static async Task<IReadOnlyList<string>> WrapAsync(IReadOnlyList<string> command, int? processes, CancellationToken cancellationToken)
    {
        const string refusal = "Containment.Complete, which a budget of processes takes too, cannot be had here: ";
        if (!OperatingSystem.IsLinux())
        {
            throw new WorkerStartException($"{refusal}it takes Linux.");
        }

        string[] names = ["setsid", "setpriv", "unshare", "sh"];
        var tools = names.Select(static name => Places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists)).ToArray();
        if (Array.IndexOf(tools, null) is >= 0 and var missing)
        {
            throw new WorkerStartException($"{refusal}the program {names[missing]} of util-linux is in none of {string.Join(", ", Places)}.");
        }

        var (setSid, setPriv, unshare, shell) = (tools[0]!, tools[1]!, tools[2]!, tools[3]!);
        string[] makeNamespace = [unshare, "--mount-proc", "--pid", "--fork", "--kill-child", "--"];
        if (!works)
        {
            if (await FailureOfAsync([.. makeNamespace, shell, "-c", ":"], cancellationToken).ConfigureAwait(false) is { } failure)
            {
                throw new WorkerStartException($"{refusal}a pid namespace takes root with CAP_SYS_ADMIN. {failure}");
            }

            works = true;
        }

        const int exitCode = BudgetLimits.FirstExitCode + (int)InterruptReason.Processes;
        var init = processes is { } most
            ? InitWithCeiling.Replace("{0}", $"{(long)most + CeilingSlack}", StringComparison.Ordinal).Replace("{1}", $"{exitCode}", StringComparison.Ordinal)
            : Init;

        // The file descriptor is opened where /proc still is the outer one.
        return
        [
            setSid, setPriv, "--pdeathsig", "KILL", shell, "-c", $"exec {OuterProcDescriptor}</proc; exec \"$@\"", "sh",
            .. makeNamespace, shell, "-c", init, "sh", .. command,
        ];
    }

    /// <summary>The namespace's first process, whose end is that of all; null when there is none yet or any more.</summary>
    /// <param name="launcher">The process that the command became.</param>
    public static int? FirstProcess(int launcher)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{launcher}/task/{launcher}/children");
            return int.TryParse(children.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Makes sure that a process is the worker in the namespace.</summary>
    /// <param name="launcher">The process that the command became.</param>
    /// <param name="peer">Who is at the other end of the pipe.</param>
    /// <param name="claimed">The id that it says it has, which is the one inside.</param>
    /// <exception cref="ProtocolException">It is another one.</exception>
    public static void Verify(int launcher, int? peer, int claimed)
    {
        var first = FirstProcess(launcher);
        if (peer is null || first is null || ReadNumber(peer.Value, "PPid:") != first)
        {
            throw new ProtocolException($"The worker was refused: the process at the other end of the pipe has pid {peer}, and is not the one that was started.");
        }

        if (ReadNumber(peer.Value, "NSpid:") is var inner && inner != claimed)
        {
            throw new ProtocolException($"The worker was refused: it says that its pid is {claimed}, and in its namespace it has {inner}.");
        }
    }

    /// <summary>The last number of a line in a process's status.</summary>
    private static int? ReadNumber(int process, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
            return int.Parse(line[(line.LastIndexOf('\t') + 1)..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<string?> FailureOfAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? null : errors.Trim();
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
