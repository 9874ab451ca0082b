using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Conformance;

public sealed class CSharpConformanceTests(WorkerFixture fixture) : EngineConformanceTests(fixture), IClassFixture<WorkerFixture>
{
    private const string Go = "Console.Write(\"go\"); ";

    protected override EnginePrograms Programs { get; } = new()
    {
        Engine = "csharp",
        Keep = "var kept = 41;",
        KeptPlusOne = "kept + 1",
        Busy = Go + "while (true) ;",
        Waits = Go + "Interrupt.Sleep(TimeSpan.FromSeconds(60));",
        Reads = Go + "Console.ReadLine();",
        ReadsLine = "Console.ReadLine()",
        CleansUp = "kept = 0; " + Go + "try { while (true) ; } finally { kept = 41; }",
        Catches = Go + "try { while (true) ; } catch (KeyboardInterruptException) { Console.Write(\"caught\"); } while (true) ;",
        CatchesAll = "void Spin() { while (true) ; } " + Go + "while (true) { try { Spin(); } catch (Exception) { } }",
        HandlesThree = "var hits = 0; Interrupt.Handle(Signal.User1, s => hits++); " + Go + "while (hits < 3) ;",
        PrintsForEver = Go + "while (true) Console.WriteLine(new string('x', 200));",
        Prints = "Console.WriteLine(\"out\"); Console.Error.WriteLine(\"err\");",
        Fails = "throw new FormatException(\"oops\");",
        FailureType = "System.FormatException",
        DoesNotCompile = "var (",
        Exits = "Environment.Exit(7);",
        RecursesForEver = "int Deep(int n) => 1 + Deep(n + 1); Deep(0)",
    };
}
