using System.CommandLine;
using System.CommandLine.Parsing;
using ProcInterrupt.Cli.Budgets;
using ProcInterrupt.Cli.Demo;
using ProcInterrupt.Cli.Listing;
using ProcInterrupt.Cli.Repl;
using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Session;

namespace ProcInterrupt.Cli;

/// <summary>The commands, their options and their help.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments and does what they ask.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        // No response files: code that begins with @ is code.
        var parsed = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"procinterrupt: {error.Message}");
            }

            await Console.Error.WriteLineAsync($"Try 'procinterrupt {CommandName(parsed)}--help'.");
            return ExitCodes.Usage;
        }

        try
        {
            // Each command answers signals itself, and what it throws is a fault of ours that should show its trace.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (UsageException problem)
        {
            await Console.Error.WriteLineAsync($"procinterrupt: {problem.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception problem) when (problem is WorkerStartException or PlatformNotSupportedException)
        {
            await Console.Error.WriteLineAsync($"procinterrupt: {problem.Message}");
            return ExitCodes.WorkerLost;
        }
    }

    private static RootCommand Build() => new("Runs code in a worker process and interrupts it without killing it.")
    {
        BuildRun(),
        BuildRepl(),
        BuildSession(),
        BuildEngines(),
        BuildDemo(),
    };

    private static Command BuildRun()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "The program; - reads it from standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var code = new Option<string?>("-c", "--code") { Description = "The program itself.", HelpName = "CODE" };
        var engine = new Option<string>("--engine")
        {
            Description = "What runs it; see 'procinterrupt engines'.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "csharp",
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "Interrupt it after this time, such as 250ms, 5s, 1.5s, 1m; exit code 124.",
            HelpName = "DURATION",
            CustomParser = ParseDuration,
        };
        var json = new Option<bool>("--json") { Description = "End standard output with the result as one line of JSON." };
        var displayDir = DisplayDir();
        var showMap = ShowMap();
        var host = Host();
        var budgets = new BudgetOptions();
        var command = new Command("run", "Runs one program. Ctrl+C interrupts it, twice stops it, three times kills it.")
        {
            file,
            code,
            engine,
            timeout,
            json,
            displayDir,
            showMap,
            host,
        };
        budgets.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is { Tokens: [{ Value: ['-', _, ..] unknown }, ..] })
            {
                result.AddError($"There is no option '{unknown}'; a file of that name is written ./{unknown}.");
                return;
            }

            var hasFile = result.GetResult(file) is { Tokens.Count: > 0 };
            var hasCode = result.GetResult(code) is not null;
            if (hasFile == hasCode)
            {
                result.AddError(hasFile
                    ? "Both a file and -c are given; give one of them."
                    : "No program is given; name a file, or write the code after -c.");
            }
        });
        command.SetAction((parsed, _) => RunCommand.ExecuteAsync(new RunArguments(
            parsed.GetValue(file),
            parsed.GetValue(code),
            parsed.GetValue(engine)!,
            parsed.GetValue(timeout),
            parsed.GetValue(json),
            parsed.GetValue(showMap),
            parsed.GetValue(displayDir),
            parsed.GetValue(host) ?? [],
            budgets.Of(parsed))));
        return command;
    }

    private static Command BuildRepl()
    {
        var engine = new Option<string>("--engine")
        {
            Description = "The language; see 'procinterrupt engines'.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "csharp",
        };
        var displayDir = DisplayDir();
        var host = Host();
        var command = new Command("repl", "Runs what is typed, or a script on standard input. Ctrl+C interrupts the run and not the session.") { engine, displayDir, host };
        var budgets = new BudgetOptions();
        budgets.AddTo(command);
        command.SetAction((parsed, _) => ReplCommand.ExecuteAsync(parsed.GetValue(engine)!, parsed.GetValue(displayDir), parsed.GetValue(host) ?? [], budgets.Of(parsed)));
        return command;
    }

    private static Command BuildSession()
    {
        var showMap = ShowMap();
        var host = Host();
        var command = new Command("session", "Runs a session: JSON lines on standard input and output.") { showMap, host };
        var budgets = new BudgetOptions();
        budgets.AddTo(command);
        command.SetAction((parsed, _) => SessionCommand.ExecuteAsync(parsed.GetValue(showMap), parsed.GetValue(host) ?? [], budgets.Of(parsed)));
        return command;
    }

    private static Command BuildEngines()
    {
        var json = new Option<bool>("--json") { Description = "As one line of JSON." };
        var command = new Command("engines", "Lists what is installed, its version, or why it is not available.") { json };
        command.SetAction((parsed, _) => EnginesCommand.ExecuteAsync(parsed.GetValue(json)));
        return command;
    }

    private static Command BuildDemo()
    {
        var command = new Command("demo", "Shows the whole idea on real code in under ten seconds.");
        command.SetAction((_, _) => DemoCommand.ExecuteAsync());
        return command;
    }

    private static Option<string?> DisplayDir() => new("--display-dir")
    {
        Description = "Write the pictures and other things that the code displays to files in this folder.",
        HelpName = "DIR",
    };

    private static Option<string[]> Host()
    {
        var option = new Option<string[]>("--host")
        {
            Description = "Offer the [HostFunction] methods of this assembly to Python code, in the module procinterrupt.host; may be repeated.",
            HelpName = "ASSEMBLY",
            AllowMultipleArgumentsPerToken = false,
        };
        option.Validators.Add(result =>
        {
            foreach (var missing in result.Tokens.Select(token => token.Value).Where(path => !File.Exists(path)))
            {
                result.AddError($"The host assembly '{missing}' is not there.");
            }
        });
        return option;
    }

    private static Option<bool> ShowMap() => new("--show-map")
    {
        Description = "Print 'map: PATH' on standard error: whoever writes a 2 to its first byte interrupts the run.",
    };

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        if (Duration.TryParse(result.Tokens.Single().Value, out var duration, out var problem))
        {
            return duration;
        }

        result.AddError($"--timeout: {problem}");
        return null;
    }

    private static string CommandName(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
}
