using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Programs that never end by themselves. Each prints "go"; from then on it is busy or waits.</summary>
internal static class PythonPrograms
{
    private const string Go = "print('go')\n";

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["while True"] = "while True: pass",
        ["arithmetic"] = "x = 0\nwhile True: x = (x * 3 + 1) % 1000003",
        ["function calls"] = "def f(a): return a + 1\nx = 0\nwhile True: x = f(x)",
        ["generator"] = "def g():\n    i = 0\n    while True:\n        yield i\n        i += 1\nfor _ in g(): pass",
        ["comprehension"] = "import itertools\n[0 for x in itertools.count() if x < 0]",
        ["deep recursion"] = "def deep(n): return 0 if n == 0 else 1 + deep(n - 1)\nwhile True: deep(500)",
        ["time.sleep"] = "import time; time.sleep(60)",
        ["Event.wait"] = "import threading; threading.Event().wait()",
        ["Event.wait with a timeout"] = "import threading; threading.Event().wait(60)",
        ["lock held elsewhere"] = "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
        ["Thread.join"] = "import threading, time\nt = threading.Thread(target=threading.Event().wait, daemon=True)\nt.start()\nt.join()",
        ["Queue.get"] = "import queue; queue.Queue().get()",
        ["socket.recv"] = "import socket\na, b = socket.socketpair()\na.recv(1)",
        ["accept"] = "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\ns.accept()",
        ["input"] = "input('name? ')",
        ["sys.stdin"] = "import sys; sys.stdin.read()",
        ["select"] = "import select; select.select([], [], [], 60)",
        ["os.read of a pipe"] = "import os\nr, w = os.pipe()\nos.read(r, 1)",
        ["signal.pause"] = "import signal\nwhile True: signal.pause()",
        ["backtracking re"] = "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')",
        ["join over a generator"] = "''.join(str(i)[:0] for i in iter(int, 1))",
        ["sorted with a slow key"] = "import time\nsorted(range(1000), key=lambda x: time.sleep(0.05))",
        ["except Exception"] = "def busy():\n    while True: pass\nwhile True:\n    try: busy()\n    except Exception: pass",
        ["asyncio suspended"] = "import asyncio\nasync def main(): await asyncio.sleep(60)\nasyncio.run(main())",
        ["asyncio busy"] = "import asyncio\nasync def main():\n    while True: pass\nasyncio.run(main())",
        ["asyncio in a thread's future"] = "import asyncio, threading\nasync def main(): await asyncio.get_running_loop().create_future()\nasyncio.run(main())",
        ["print flood"] = "while True: print('x' * 200)",
        ["loop in __del__"] = "class A:\n    def __del__(self):\n        while True: pass\ndef f():\n    a = A()\n    del a\nf()\nwhile True: pass",
        ["loop in the last __del__"] = "class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a",
        ["loop in a weakref callback"] = "import weakref\nclass A: pass\ndef spin(r):\n    while True: pass\na = A()\nr = weakref.ref(a, spin)\ndel a\nwhile True: pass",
        ["import of a looping module"] = "import looping_module",
        ["exec and eval"] = "exec('while True: eval(\"1 + 1\")')",
        ["with statement in a loop"] = "import contextlib\nwhile True:\n    with contextlib.nullcontext(): pass",
        ["repr that loops"] = "class Loops:\n    def __repr__(self):\n        while True: pass\nLoops()",
        ["str of an error that loops"] = "class LoopsToo(Exception):\n    def __str__(self):\n        while True: pass\nraise LoopsToo",
    };

    /// <summary>Programs whose clean-up sets <c>cleaned</c> to 1. They print "go" within what is cleaned up.</summary>
    private static readonly Dictionary<string, string> Cleaning = new()
    {
        ["finally around the loop"] = "try:\n    print('go')\n    while True: pass\nfinally: cleaned = 1",
        ["finally around a for loop"] = "try:\n    print('go')\n    for i in iter(int, 1): pass\nfinally: cleaned = 1",
        ["finally around a loop with a condition"] = "x = 1\ntry:\n    print('go')\n    while x: x += 1\nfinally: cleaned = 1",
        ["finally around a loop with an if"] = "x = 1\ntry:\n    print('go')\n    while True:\n        if x % 2: x += 1\n        else: x += 1\nfinally: cleaned = 1",
        ["with around the loop"] = "class C:\n    def __enter__(self): return self\n    def __exit__(self, *a):\n        global cleaned\n        cleaned = 1\nwith C():\n    print('go')\n    while True: pass",
        ["except and raise around the loop"] = "try:\n    print('go')\n    while True: pass\nexcept KeyboardInterrupt:\n    cleaned = 1\n    raise",
        ["finally in a function"] = "def f():\n    global cleaned\n    try:\n        print('go')\n        while True: pass\n    finally: cleaned = 1\nf()",
        ["finally around a sleep"] = "import time\ntry:\n    print('go')\n    time.sleep(60)\nfinally: cleaned = 1",
        ["finally in a suspended coroutine"] = "import asyncio\nasync def main():\n    global cleaned\n    try:\n        print('go')\n        await asyncio.sleep(60)\n    finally: cleaned = 1\nasyncio.run(main())",
        ["finally in a busy coroutine"] = "import asyncio\nasync def main():\n    global cleaned\n    try:\n        print('go')\n        while True: pass\n    finally: cleaned = 1\nasyncio.run(main())",
        ["finally of another task"] = "import asyncio\nasync def other():\n    global cleaned\n    try:\n        print('go')\n        await asyncio.sleep(60)\n    finally: cleaned = 1\nasync def main():\n    t = asyncio.create_task(other())\n    await asyncio.sleep(0)\n    await asyncio.sleep(60)\nasyncio.run(main())",
        ["finally of a generator"] = "def g():\n    global cleaned\n    try:\n        print('go')\n        while True: yield 1\n    finally: cleaned = 1\nfor _ in g(): pass",
    };

    /// <summary>Those that one signal ends, and that need no file.</summary>
    public static IEnumerable<string> All => Programs.Keys.Where(static name => name != "import of a looping module").Concat(Cleaning.Keys).Select(Code);

    public static TheoryData<string> Rows => new(Programs.Keys);

    public static TheoryData<string> CleaningRows => new(Cleaning.Keys);

    public static string Code(string name) => Programs.TryGetValue(name, out var code) ? Go + code : "cleaned = 0\n" + Cleaning[name];
}
