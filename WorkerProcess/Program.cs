using ProcInterrupt.WorkerProcess.Hosting;

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("The worker runs on Linux only so far.");
    return WorkerExitCode.Internal;
}

var (arguments, fault) = WorkerArguments.Parse(args);
if (arguments is null)
{
    Console.Error.WriteLine($"{fault}\n{WorkerArguments.Usage}");
    return WorkerExitCode.Usage;
}

WorkerHost.Run(arguments);
return WorkerExitCode.Done;
