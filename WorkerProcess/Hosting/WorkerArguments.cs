using System.Globalization;
using ProcInterrupt.Budgets;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>The worker's command line; written by the controller, so anything unexpected is refused.</summary>
/// <param name="PipePath">The absolute path of the controller's socket.</param>
/// <param name="ParentId">The controller's process id; the worker ends when it does.</param>
/// <param name="OuterProc">In a pid namespace of its own: the descriptor of the <c>/proc</c> in which the controller is; otherwise null.</param>
/// <param name="HostAssemblies">Absolute paths of assemblies whose functions are offered to the code.</param>
internal sealed record WorkerArguments(string PipePath, int ParentId, int? OuterProc, IReadOnlyList<string> HostAssemblies, BudgetLimits Budgets)
{
    public const string Usage = "usage: ProcInterrupt.WorkerProcess --pipe ABSOLUTE_PATH --parent PID [--outer-proc DESCRIPTOR] [--host ASSEMBLY]... [--budget NAME=NUMBER]...   (started by the ProcInterrupt library; the launch secret comes on standard input)";

    /// <returns>The arguments, or what is wrong with them.</returns>
    public static (WorkerArguments? Arguments, string? Fault) Parse(IReadOnlyList<string> words)
    {
        string? pipe = null;
        int? parent = null;
        int? outerProc = null;
        var hosts = new List<string>();
        var budgets = BudgetLimits.None;
        for (var index = 0; index < words.Count; index += 2)
        {
            if (index + 1 == words.Count)
            {
                return (null, $"{words[index]} wants a value");
            }

            var value = words[index + 1];
            switch (words[index])
            {
                case "--pipe" when Path.IsPathFullyQualified(value):
                    pipe = value;
                    break;
                case "--parent" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0:
                    parent = id;
                    break;
                case "--outer-proc" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2:
                    outerProc = descriptor;
                    break;
                case "--host" when Path.IsPathFullyQualified(value):
                    hosts.Add(value);
                    break;
                case "--budget" when budgets.TryAdd(value) is { } more:
                    budgets = more;
                    break;
                default:
                    return (null, $"{words[index]} {value} is not understood");
            }
        }

        if (budgets.Processes is not null && outerProc is null)
        {
            return (null, "a budget of processes takes a pid namespace of the worker's own");
        }

        return pipe is null || parent is null
            ? (null, "--pipe and --parent are both needed")
            : (new WorkerArguments(pipe, parent.Value, outerProc, hosts, budgets), null);
    }
}
