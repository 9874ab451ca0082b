using System.CommandLine;
using System.CommandLine.Parsing;

namespace ProcInterrupt.Cli.Budgets;

/// <summary>The options that limit what a worker's code may use up, the same for each command that starts one.</summary>
internal sealed class BudgetOptions
{
    private readonly Option<TimeSpan?> wall = Time("--wall", "Time that each run may take.");
    private readonly Option<TimeSpan?> cpu = Time("--cpu", "Processor time that each run may use.");
    private readonly Option<TimeSpan?> grace = Time("--grace", "How long a run may go on after each interrupt for a budget, before the next and harder step; 1s if left out.");
    private readonly Option<long?> memory = Bytes("--memory", "Memory that the worker may hold, such as 512M.");
    private readonly Option<long?> output = Bytes("--output", "What each run may print, such as 10M.");
    private readonly Option<long?> fileSize = Bytes("--file-size", "How large each file may become, such as 1G.");
    private readonly Option<int?> threads = new("--threads") { Description = "Threads that the worker may have, some 25 of its own included.", HelpName = "NUMBER" };
    private readonly Option<int?> processes = new("--processes") { Description = "Processes that may live in the worker at once.", HelpName = "NUMBER" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[wall, cpu, memory, output, fileSize, threads, processes, grace])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for; <see langword="null"/> for nothing.</summary>
    /// <exception cref="UsageException">A budget is outside its range.</exception>
    public WorkerBudgets? Of(ParseResult parsed)
    {
        var budgets = new WorkerBudgets
        {
            WallTime = parsed.GetValue(wall),
            CpuTime = parsed.GetValue(cpu),
            MemoryBytes = parsed.GetValue(memory),
            OutputBytes = parsed.GetValue(output),
            FileBytes = parsed.GetValue(fileSize),
            Threads = parsed.GetValue(threads),
            Processes = parsed.GetValue(processes),
        };
        if (budgets == new WorkerBudgets())
        {
            return null;
        }

        budgets = parsed.GetValue(grace) is { } given ? budgets with { Grace = given } : budgets;
        try
        {
            budgets.Validate();
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new UsageException(wrong.Message.Split(" (Parameter", 2)[0]);
        }

        return budgets;
    }

    private static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens.Single().Value, out var duration, out var problem))
            {
                return duration;
            }

            result.AddError($"{name}: {problem}");
            return null;
        },
    };

    private static Option<long?> Bytes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "BYTES",
        CustomParser = result =>
        {
            if (ByteSize.TryParse(result.Tokens.Single().Value, out var bytes, out var problem))
            {
                return bytes;
            }

            result.AddError($"{name}: {problem}");
            return null;
        },
    };
}
