using System.Diagnostics;
using System.IO.Pipes;
using ProcInterrupt;
using ProcInterrupt.FakeWorker;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

if (args is ["--controller", .. var words])
{
    return await DyingController.RunAsync(words);
}

// A worker that does what the tests of the controller want a worker to do wrong. What, says the variable FAKE_WORKER.
var mode = Environment.GetEnvironmentVariable("FAKE_WORKER") ?? "";
var pipePath = args[Array.IndexOf(args, "--pipe") + 1];
var secret = Console.In.ReadLine() ?? "";
var pid = Environment.ProcessId;

switch (mode)
{
    case "exit-early":
        Console.Error.WriteLine("no engine will start today");
        return 3;
    case "never-connects":
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "impostor":
        // Another process connects and claims to be this one.
        var impostor = new ProcessStartInfo(Environment.ProcessPath!, Environment.GetCommandLineArgs()) { UseShellExecute = false, RedirectStandardInput = true };
        impostor.Environment["FAKE_WORKER"] = $"pid-is:{pid}";
        using (var process = Process.Start(impostor)!)
        {
            process.StandardInput.WriteLine(secret);
            Thread.Sleep(Timeout.Infinite);
        }

        return 0;
    default:
        break;
}

using var pipe = new NamedPipeClientStream(".", pipePath, PipeDirection.InOut);
pipe.Connect(10_000);
switch (mode)
{
    case "says-nothing":
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "closes-at-once":
        pipe.Dispose();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "random-hello":
        Mischief.WriteRandomBytes(pipe);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    default:
        break;
}

const string atStart = "at-start:";
if (mode.StartsWith(atStart, StringComparison.Ordinal))
{
    // Says Hello itself, or does not.
    var hello = new HelloMessage(ProtocolConstants.Version, pid, secret, "fake", [new EngineInfo("fake", "1", null)], null);
    return new Scenario(pipe, hello).ServeAfter(mode[atStart.Length..]);
}

var version = mode == "wrong-version" ? ProtocolConstants.Version + 1 : ProtocolConstants.Version;
var claimedPid = mode == "wrong-pid" ? 1 : mode.StartsWith("pid-is:", StringComparison.Ordinal) ? int.Parse(mode[7..]) : pid;
var engines = mode == "wrong-engines"
    ? Enumerable.Range(0, ProtocolConstants.MaxEngines).Select(_ => new EngineInfo(new string('\0', 100_000), "\u001b[2J", "")).ToArray()
    : [new EngineInfo("fake", "1", null)];
new MessageWriter(pipe).Write(new HelloMessage(
    version, claimedPid, mode == "wrong-secret" ? new string('0', secret.Length) : secret, "fake", engines, null));
return new Scenario(pipe).Serve(mode);
