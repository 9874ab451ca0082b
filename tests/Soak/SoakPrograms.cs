using ProcInterrupt.Tests.EndToEnd;
using ProcInterrupt.Tests.EndToEnd.Python;

namespace ProcInterrupt.Tests.Soak;

/// <summary>The programs of a soak.</summary>
internal static class SoakPrograms
{
    private const string CSharp = "csharp";
    private const string Python = PythonExpect.Engine;

    /// <summary>What begins a session: the variable that must live, and a handler for each signal that can have one.</summary>
    /// <remarks>
    /// A handler writes &lt;signal&gt; first, where nothing can break it off, and then (signal), where another interrupt can. Code of the
    /// run's has a checkpoint at its very start, so the first is none: in C# it is compiled from an expression, which nobody
    /// weaves, and in Python <c>str.format</c>, which is C as the stream's <c>write</c> is, has no use for the handler's arguments, and
    /// reads one property of its own after the other. (<c>print</c> looks for signals when it makes its arguments strings.)
    /// Writing itself can be broken off where it waits for room; programs whose text is judged print too little for that.
    /// </remarks>
    private static readonly Dictionary<string, string> Setups = new()
    {
        [CSharp] = "var kept = KEPT;\nSystem.Linq.Expressions.Expression<Action<Signal>> enters = x => Console.Write(\"<\" + (int)x + \">\");\n"
            + "Action<Signal> entered = enters.Compile(), ends = x => Console.Write($\"({(int)x})\");\n"
            + "for (var s = 1; s <= 64; s++) if (s != 2) Interrupt.Handle((Signal)s, entered + ends);",
        [Python] = "kept = KEPT\nimport functools, signal, sys, time\nclass Mark(str):\n    enters = property(sys.stdout.write)\n    @property\n"
            + "    def ends(self): print(f'({self[1:-1]})', end='')\n"
            + "for s in range(1, 65):\n    if s not in (2, 9, 19, 32, 33):\n"
            + "        signal.signal(s, functools.partial('{mark.enters}{mark.ends}'.format, mark=Mark(f'<{s}>')))",
    };

    /// <summary>Cheap ones, endless and not, which go on after signals that have a handler.</summary>
    private static readonly Dictionary<string, string[]> Bodies = new()
    {
        [CSharp] =
        [
            "while (true) { }",
            "while (true) { }",
            "Thread.Sleep(-1);",
            "await Task.Delay(-1);",
            "new SemaphoreSlim(0).Wait();",
            "for (var i = 0; i < 10; i++) Thread.Sleep(1);",
            "try { while (true) { } } finally { Thread.Sleep(1); }",
            "try { Thread.Sleep(-1); } catch (KeyboardInterruptException) { } while (true) { }",
            "try { await Task.Delay(-1); } finally { await Task.Delay(1); }",
            "Task.Run(() => { while (true) { } }).Wait();",
            "using (Interrupt.Shield(TimeSpan.FromMilliseconds(5))) { for (var i = 0; i < 3; i++) Thread.Sleep(1); } while (true) { }",
            "while (true) { using (Interrupt.Shield(TimeSpan.FromMilliseconds(2))) { Thread.Sleep(1); } }",
        ],
        [Python] =
        [
            "while True: pass",
            "while True: pass",
            "time.sleep(60)",
            "import threading; threading.Event().wait()",
            "for i in range(10): time.sleep(0.001)",
            "try:\n    while True: pass\nfinally: time.sleep(0.001)",
            "try: time.sleep(60)\nexcept KeyboardInterrupt: pass\nwhile True: pass",
            "def f(a): return a + 1\nx = 0\nwhile True: x = f(x)",
            "import asyncio\nasync def main(): await asyncio.sleep(60)\nasyncio.run(main())",
            "import procinterrupt\nwith procinterrupt.shield(0.005):\n    for i in range(3): time.sleep(0.001)\nwhile True: pass",
            "import procinterrupt\nwhile True:\n    with procinterrupt.shield(0.002): time.sleep(0.001)",
        ],
    };

    private static readonly SoakProgram[] Innocent =
    [
        new(CSharp, "Console.Write(\"[TAG]\"); 6 * 7") { IsInnocent = true, Tells = true },
        new(Python, "print('[TAG]', end='')\n6 * 7") { IsInnocent = true, Tells = true },
        new(Python, "print('[TAG]', end='')\n6 * 7") { IsInnocent = true, Tells = true },
    ];

    /// <summary>All kinds, each ended by one signal or by itself.</summary>
    private static readonly SoakProgram[] Wide =
    [
        .. BusyPrograms.All.Concat(BlockedPrograms.All).Select(code => new SoakProgram(CSharp, code) { MayFail = true }),
        .. PythonPrograms.All.Select(code => new SoakProgram(Python, code) { MayFail = true }),
        .. ShortOnes.Select(code => new SoakProgram(CSharp, code) { MayFail = true }),
    ];

    /// <summary>Those that a signal does not end, and insist does.</summary>
    private static readonly SoakProgram[] Stubborn =
    [
        new(CSharp, "Console.Write(\"[TAG]\"); try { while (true) { } } finally { while (true) { } }") { Needs = InterruptRung.Insist, Tells = true },
        new(CSharp, "Console.Write(\"[TAG]\"); while (true) { try { while (true) { } } catch (KeyboardInterruptException) { } }") { Needs = InterruptRung.Insist, Tells = true },
        new(CSharp, "Console.Write(\"[TAG]\"); try { Thread.Sleep(-1); } finally { Thread.Sleep(-1); }") { Needs = InterruptRung.Insist, Tells = true },
        new(Python, "print('[TAG]', end='')\ndef spin():\n    while True: pass\nwhile True:\n    try: spin()\n    except BaseException: pass") { Needs = InterruptRung.Insist, Tells = true },
        new(Python, "print('[TAG]', end='')\ntry:\n    while True: pass\nfinally:\n    while True: pass") { Needs = InterruptRung.Insist, Tells = true },
    ];

    /// <summary>Those that end with their worker only.</summary>
    private static readonly SoakProgram[] Deadly =
    [
        new(CSharp, "Console.Write(\"[TAG]\"); System.Text.RegularExpressions.Regex.IsMatch(new string('a', 60) + \"b\", \"^(a+)+$\");") { Needs = InterruptRung.Terminate, Tells = true },
        new(Python, "print('[TAG]', end='')\nsum(range(10**12))") { Needs = InterruptRung.Terminate, Tells = true },
        new(Python, "print('[TAG]', end='')\nimport ctypes, os\nctypes.CDLL(None).kill(os.getpid(), 19)") { Needs = InterruptRung.Kill, Tells = true },
    ];

    private static string[] ShortOnes =>
    [
        "Console.WriteLine(\"short\");",
        "throw new InvalidOperationException(\"as it should\");",
        "this does not compile",
        "await Task.Delay(1);",
        "Thread.Sleep(1);",
        "Interrupt.Handle(Signal.Interrupt, Interrupt.Handle(Signal.Interrupt, null));",
        "try { Thread.Sleep(5); } catch (KeyboardInterruptException) { Console.WriteLine(\"caught\"); }",
        "try { await Task.Delay(5); } catch (OperationCanceledException) { Console.WriteLine(\"caught\"); }",
        "try { for (var i = 0; i < 1000000; i++) { } } finally { Thread.Sleep(1); }",
        "await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Thread.Sleep(i))));",
        "Parallel.For(0, 100, i => { });",
        "new Thread(() => Thread.Sleep(20)).Start();",
    ];

    public static IReadOnlyCollection<string> Engines => Setups.Keys;

    public static SoakProgram Setup(string engine) => new(engine, Setups[engine]) { IsSetup = true };

    /// <summary>One of the cheap ones.</summary>
    /// <param name="random">Which.</param>
    /// <param name="isSetUp">Whether an engine's session has been set up.</param>
    public static SoakProgram Cheap(Random random, Func<string, bool> isSetUp)
    {
        if (random.Next(5) == 0)
        {
            return Pick(random, Innocent);
        }

        var engine = random.Next(5) == 0 ? CSharp : Python;
        var body = Pick(random, Bodies[engine]);
        return (engine, isSetUp(engine)) switch
        {
            (CSharp, true) => new(engine, $"Console.Write($\"[TAG:{{kept}}]\"); {body}") { Tells = true },
            (CSharp, false) => new(engine, $"Console.Write(\"[TAG]\"); {body}") { Tells = true },
            (_, true) => new(engine, $"print(f'[TAG:{{kept}}]', end='')\n{body}") { Tells = true },
            _ => new(engine, $"import time\nprint('[TAG]', end='')\n{body}") { Tells = true },
        };
    }

    public static SoakProgram OfAllKinds(Random random) => Pick(random, Wide);

    /// <param name="random">Which.</param>
    /// <param name="mayDie">Whether it may cost the worker.</param>
    public static SoakProgram OneThatNeedsMore(Random random, bool mayDie) => Pick(random, mayDie && random.Next(4) == 0 ? Deadly : Stubborn);

    private static T Pick<T>(Random random, T[] all) => all[random.Next(all.Length)];
}
