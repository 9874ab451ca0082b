namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A program made of what an interrupt could break for good, and the questions whether it did.</summary>
internal static class UnbrokenProgram
{
    /// <summary>Declares <c>Work(int)</c>, which does a bit of everything, and what the questions ask about.</summary>
    /// <param name="folder">Where it may write files.</param>
    public static string Definitions(string folder) => $$"""
        using System.Collections.Concurrent;
        using System.Runtime.CompilerServices;

        static class Shared
        {
            public static readonly string Folder = "{{folder}}";
            public static readonly object Gate = new();
            public static readonly Lock NewGate = new();
            public static readonly SemaphoreSlim Semaphore = new(1), AsyncSemaphore = new(1);
            public static readonly ReaderWriterLockSlim Readers = new();
            public static readonly ConcurrentDictionary<int, int> Doubles = new();
            public static readonly ConcurrentQueue<Type> Types = new();
            public static readonly ConcurrentQueue<Lazy<int>> Lazies = new();
            public static int Acquired, Released, Started, Written, Broken;
            public static Type Last = typeof(int);
            public static int Turns(int n) { var sum = 0; for (var i = 0; i < n; i++) sum += i % 7; return sum; }
        }

        static class Initialized<T>
        {
            public static readonly int Value;
            static Initialized() { Shared.Turns(500); Thread.Sleep(0); lock (Shared.Gate) Shared.Turns(50); Value = 42; }
        }

        class Waiting : IDisposable
        {
            readonly ManualResetEventSlim done = new();
            readonly Thread thread;
            public Waiting() { thread = new Thread(() => { done.Wait(); Shared.Turns(100); }); thread.Start(); Interlocked.Increment(ref Shared.Acquired); }
            public void Dispose() { done.Set(); thread.Join(); Thread.Sleep(0); Interlocked.Increment(ref Shared.Released); }
        }

        int Lazily()
        {
            var lazy = new Lazy<int>(() => { Shared.Turns(500); Thread.Sleep(0); return 42; });
            Shared.Lazies.Enqueue(lazy);
            return lazy.Value;
        }

        void Initialize()
        {
            Type type;
            lock (Shared.Gate) type = Shared.Last = typeof(List<>).MakeGenericType(Shared.Types.Count % 12 == 0 ? new[] { typeof(int), typeof(long), typeof(byte), typeof(string), typeof(char) }[Random.Shared.Next(5)].MakeArrayType(1 + Random.Shared.Next(30)) : Shared.Last);
            var closed = typeof(Initialized<>).MakeGenericType(type);
            Shared.Types.Enqueue(closed);
            RuntimeHelpers.RunClassConstructor(closed.TypeHandle);
        }

        void Dictionary()
        {
            for (var i = 0; i < 20; i++)
            {
                var key = Random.Shared.Next(100_000);
                Shared.Doubles.GetOrAdd(key, k => { Shared.Turns(20); return k * 2; });
                Shared.Doubles.AddOrUpdate(key, k => k * 2, (k, v) => { Shared.Turns(20); return v; });
            }
        }

        void Write()
        {
            var path = Path.Combine(Shared.Folder, $"{Random.Shared.Next(20)}.txt");
            lock (Shared.Gate)
            {
                using var writer = new StreamWriter(path);
                for (var i = 0; i < 50; i++) writer.WriteLine(i);
            }
            Interlocked.Increment(ref Shared.Written);
        }

        void Locks()
        {
            lock (Shared.Gate) Shared.Turns(50);
            lock (Shared.NewGate) Shared.Turns(50);
            Shared.Readers.EnterReadLock();
            try { Shared.Turns(50); } finally { Shared.Readers.ExitReadLock(); }
            var taken = false;
            try { Monitor.TryEnter(Shared.Gate, 10, ref taken); Shared.Turns(20); } finally { if (taken) Monitor.Exit(Shared.Gate); }
        }

        // The child leaves a line; a start that was broken off leaves a line that is not counted.
        void Child()
        {
            using var child = Process.Start("sh", ["-c", "echo >> " + Path.Combine(Shared.Folder, "children")]);
            Shared.Started++;
            child.WaitForExit();
        }

        void Tasks() => Task.WaitAll(Task.Run(() => Shared.Turns(200)), Task.Run(() => { lock (Shared.Gate) Shared.Turns(50); Thread.Sleep(0); }), Task.Run(async () => { await Task.Delay(1); Shared.Turns(50); }));

        void Work(int which)
        {
            switch (which)
            {
                case 0: Lazily(); break;
                case 1: Initialize(); break;
                case 2: Dictionary(); break;
                case 3: Write(); break;
                case 4: Locks(); break;
                case 5: { using var w = new Waiting(); Shared.Turns(100); } break;
                case 6: Tasks(); break;
                case 7: Random.Shared.NextDouble(); Random.Shared.NextBytes(new byte[16]); break;
                default: Child(); break;
            }
        }
        """;

    /// <summary>Each is to give "true" after whatever happened.</summary>
    public static IReadOnlyDictionary<string, string> Questions { get; } = new Dictionary<string, string>
    {
        ["each type's static constructor has run"] = "Shared.Types.All(t => (int)t.GetField(\"Value\").GetValue(null) == 42)",
        ["each lazy has its value"] = "Shared.Lazies.All(l => l.Value == 42)",
        ["new ones work"] = "{ for (var i = 0; i < 8; i++) Work(i); } true",
        ["the dictionary is right"] = "Shared.Doubles.All(p => p.Value == p.Key * 2)",
        ["what was acquired is released"] = "Shared.Acquired == Shared.Released",
        ["no lock is held"] = """
            await Task.Factory.StartNew(() =>
            {
                var free = Monitor.TryEnter(Shared.Gate, 1000);
                if (free) Monitor.Exit(Shared.Gate);
                if (!Shared.NewGate.TryEnter(1000)) return false;
                Shared.NewGate.Exit();
                if (!Shared.Readers.TryEnterWriteLock(1000)) return false;
                Shared.Readers.ExitWriteLock();
                return free;
            }, TaskCreationOptions.LongRunning)
            """,
        ["files can be written"] = "File.WriteAllText(Path.Combine(Shared.Folder, \"last.txt\"), \"last\"); File.ReadAllText(Path.Combine(Shared.Folder, \"last.txt\")) == \"last\"",
        ["random numbers differ"] = "Enumerable.Range(0, 100).Select(_ => Random.Shared.Next()).Distinct().Count() > 90",
        ["a child runs"] = "{ using var p = Process.Start(\"true\"); p.WaitForExit(); } true",
        ["each child was known to who started it"] = """
            using System.IO;
            int Lines() => File.Exists(Path.Combine(Shared.Folder, "children")) ? File.ReadAllLines(Path.Combine(Shared.Folder, "children")).Length : 0;
            for (var i = 0; i < 500 && Lines() < Shared.Started; i++) Thread.Sleep(10);
            Lines() == Shared.Started
            """,
    };
}
