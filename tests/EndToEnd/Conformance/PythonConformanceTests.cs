using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Conformance;

public sealed class PythonConformanceTests(WorkerFixture fixture) : EngineConformanceTests(fixture), IClassFixture<WorkerFixture>
{
    private const string Go = "print('go')\n";

    protected override EnginePrograms Programs { get; } = new()
    {
        Engine = "python",
        Keep = "kept = 41",
        KeptPlusOne = "kept + 1",
        Busy = Go + "while True: pass",
        Waits = "import time\n" + Go + "time.sleep(60)",
        Reads = Go + "input('? ')",
        ReadsLine = "input()",
        CleansUp = "kept = 0\n" + Go + "try:\n    while True: pass\nfinally: kept = 41",
        Catches = Go + "try:\n    while True: pass\nexcept KeyboardInterrupt: print('caught')\nwhile True: pass",
        CatchesAll = "def spin():\n    while True: pass\n" + Go + "while True:\n    try: spin()\n    except Exception: pass",
        HandlesThree = "import signal\nhits = []\nsignal.signal(10, lambda s, f: hits.append(s))\n" + Go + "while len(hits) < 3: pass",
        PrintsForEver = Go + "while True: print('x' * 200)",
        Prints = "import sys\nprint('out')\nprint('err', file=sys.stderr)",
        Fails = "raise ValueError('oops')",
        FailureType = "ValueError",
        DoesNotCompile = "x = (",
        Exits = "import sys\nsys.exit(7)",
        RecursesForEver = "def deep(n): return 1 + deep(n + 1)\ndeep(0)",
    };
}
