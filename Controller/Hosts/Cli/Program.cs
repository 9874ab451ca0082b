using ProcInterrupt.Cli;

return await CommandLine.InvokeAsync(args);
