using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Programs that wait for ever. Each prints "go" and waits from then on; none is finished by anything but an interrupt.</summary>
internal static class BlockedPrograms
{
    private const string Go = "Console.Write(\"go\"); ";

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["Thread.Sleep"] = Go + "Thread.Sleep(Timeout.Infinite);",
        ["Thread.Sleep again and again"] = Go + "while (true) Thread.Sleep(1);",
        ["Interrupt.Sleep"] = Go + "Interrupt.Sleep(Timeout.InfiniteTimeSpan);",
        ["Task.Delay().Wait()"] = Go + "Task.Delay(-1).Wait();",
        ["Task.Wait with a timeout"] = Go + "Task.Delay(-1).Wait(TimeSpan.FromHours(1));",
        ["Task.Result"] = Go + "_ = new TaskCompletionSource<int>().Task.Result;",
        ["GetAwaiter().GetResult()"] = Go + "_ = new TaskCompletionSource<int>().Task.GetAwaiter().GetResult();",
        ["ConfigureAwait(false).GetAwaiter().GetResult()"] = Go + "new TaskCompletionSource<int>().Task.ConfigureAwait(false).GetAwaiter().GetResult();",
        ["Task.WaitAll"] = Go + "Task.WaitAll(Task.Delay(-1), Task.CompletedTask);",
        ["Task.WaitAny"] = Go + "Task.WaitAny(Task.Delay(-1), new TaskCompletionSource().Task);",
        ["ValueTask.Result"] = Go + "_ = new ValueTask<int>(new TaskCompletionSource<int>().Task).Result;",
        ["SemaphoreSlim.Wait"] = Go + "new SemaphoreSlim(0).Wait();",
        ["ManualResetEventSlim.Wait"] = Go + "new ManualResetEventSlim().Wait();",
        ["CountdownEvent.Wait"] = Go + "new CountdownEvent(1).Wait();",
        ["ReaderWriterLockSlim"] = "{ var l = new ReaderWriterLockSlim(); var t = new Thread(() => l.EnterWriteLock()); t.Start(); t.Join(); " + Go + "l.EnterReadLock(); }",
        ["Monitor.Wait"] = "var o = new object(); lock (o) { " + Go + "Monitor.Wait(o); }",
        ["contended lock"] = "{ var o = new object(); var t = new Thread(() => { Monitor.Enter(o); Thread.Sleep(-1); }) { IsBackground = true }; t.Start(); while (Monitor.TryEnter(o)) { Monitor.Exit(o); Thread.Yield(); } " + Go + "lock (o) { } }",
        ["contended Lock"] = "{ var o = new Lock(); var t = new Thread(() => { o.Enter(); Thread.Sleep(-1); }) { IsBackground = true }; t.Start(); while (o.TryEnter()) { o.Exit(); Thread.Yield(); } " + Go + "lock (o) { } }",
        ["BlockingCollection.Take"] = "using System.Collections.Concurrent;\n" + Go + "new BlockingCollection<int>().Take();",
        ["BlockingCollection.Add"] = "using System.Collections.Concurrent;\n" + "{ var c = new BlockingCollection<int>(1); c.Add(1); " + Go + "c.Add(2); }",
        ["GetConsumingEnumerable"] = "using System.Collections.Concurrent;\n" + Go + "foreach (var x in new BlockingCollection<int>().GetConsumingEnumerable()) { }",
        ["Parallel.ForEach over a blocking source"] = "using System.Collections.Concurrent;\n" + Go + "Parallel.ForEach(new BlockingCollection<int>().GetConsumingEnumerable(), x => { });",
        ["Console.ReadLine"] = Go + "Console.ReadLine();",
        ["Console.Read"] = Go + "Console.Read();",
        ["Process.WaitForExit"] = "{ using var p = Process.Start(\"sleep\", \"60\"); try { " + Go + "p.WaitForExit(); } finally { p.Kill(); } }",
        ["Process.WaitForExitAsync"] = "{ using var p = Process.Start(\"sleep\", \"60\"); try { " + Go + "await p.WaitForExitAsync(); } finally { p.Kill(); } }",
        ["Thread.Join"] = "{ var t = new Thread(() => Thread.Sleep(-1)); t.Start(); " + Go + "t.Join(); }",
        ["WaitHandle.WaitOne"] = Go + "new ManualResetEvent(false).WaitOne();",
        ["WaitHandle.WaitAny"] = Go + "WaitHandle.WaitAny([new ManualResetEvent(false), new AutoResetEvent(false)]);",
        ["WaitHandle.WaitAll"] = Go + "WaitHandle.WaitAll([new ManualResetEvent(false), new AutoResetEvent(true)]);",
        ["Mutex"] = "{ var m = new Mutex(); var t = new Thread(() => { m.WaitOne(); Thread.Sleep(-1); }) { IsBackground = true }; t.Start(); while (m.WaitOne(0)) { m.ReleaseMutex(); Thread.Yield(); } " + Go + "m.WaitOne(); }",
        ["Barrier"] = Go + "new Barrier(2).SignalAndWait();",
        ["SpinWait.SpinUntil"] = Go + "SpinWait.SpinUntil(() => false);",
        ["a delegate to Thread.Sleep"] = "{ Action<int> sleep = Thread.Sleep; " + Go + "sleep(-1); }",
        ["a delegate to SemaphoreSlim.Wait"] = "{ Action wait = new SemaphoreSlim(0).Wait; " + Go + "wait(); }",
        ["a wait in a catch-all"] = Go + "while (true) { try { Thread.Sleep(-1); } catch { } }",
        ["a wait that swallows thread interrupts"] = Go + "while (true) { try { Thread.Sleep(-1); } catch (ThreadInterruptedException) { } }",
        ["a wait in an iterator"] = "IEnumerable<int> F() { while (true) { Thread.Sleep(-1); yield return 1; } } " + Go + "foreach (var x in F()) { }",
        ["a wait in a comparer"] = Go + "new List<int> { 1, 2, 3 }.Sort((a, b) => { Thread.Sleep(-1); return 0; });",

        ["await Task.Delay"] = Go + "await Task.Delay(-1);",
        ["await a source"] = Go + "await new TaskCompletionSource<int>().Task;",
        ["await a source, configured"] = Go + "await new TaskCompletionSource<int>().Task.ConfigureAwait(false);",
        ["await in a method"] = "async Task<int> F() { await new TaskCompletionSource().Task; return 1; } async Task<int> G() => await F() + 1; " + Go + "await G();",
        ["await a channel"] = "using System.Threading.Channels;\n" + Go + "await Channel.CreateUnbounded<int>().Reader.ReadAsync();",
        ["await a bounded channel"] = "using System.Threading.Channels;\n" + "{ var c = Channel.CreateBounded<int>(1); await c.Writer.WriteAsync(1); " + Go + "await c.Writer.WriteAsync(2); }",
        ["await foreach"] = "async IAsyncEnumerable<int> F() { yield return 1; await Task.Delay(-1); } " + Go + "await foreach (var x in F()) { }",
        ["await foreach of a channel"] = "using System.Threading.Channels;\n" + Go + "await foreach (var x in Channel.CreateUnbounded<int>().Reader.ReadAllAsync()) { }",
        ["await foreach, configured"] = "async IAsyncEnumerable<int> F() { yield return 1; await new TaskCompletionSource().Task; } " + Go + "await foreach (var x in F().ConfigureAwait(false)) { }",
        ["await WhenAny"] = Go + "await Task.WhenAny(Task.Delay(-1), new TaskCompletionSource().Task);",
        ["await WhenAll"] = Go + "await Task.WhenAll(Task.Delay(-1), Task.CompletedTask);",
        ["await a value task"] = Go + "await new ValueTask<int>(new TaskCompletionSource<int>().Task);",
        ["await a plain value task"] = Go + "await new ValueTask(new TaskCompletionSource().Task);",
        ["await SemaphoreSlim.WaitAsync"] = Go + "await new SemaphoreSlim(0).WaitAsync();",
        ["await a timer"] = "{ using var t = new PeriodicTimer(TimeSpan.FromHours(1)); " + Go + "await t.WaitForNextTickAsync(); }",
        ["await Task.Run of a wait"] = Go + "await Task.Run(() => Thread.Sleep(-1));",
        ["sync over async"] = "async Task F() { await Task.Delay(-1); } " + Go + "F().Wait();",
        ["await in a catch-all"] = Go + "while (true) { try { await Task.Delay(-1); } catch (Exception) { } }",
        ["await forever yielding"] = "async Task Spin() { while (true) await Task.Yield(); } " + Go + "await Spin();",
        ["await forever yielding, configured"] = "async Task Spin() { while (true) { await Task.Yield(); await Task.CompletedTask.ConfigureAwait(false); } } " + Go + "await Spin().ConfigureAwait(false);",
        ["async void"] = "async void Spin() { while (true) await Task.Yield(); } Spin(); " + Go + "await Task.Delay(-1);",
        ["await completed tasks for ever"] = Go + "while (true) await Task.CompletedTask;",
        ["await asking again"] = "async Task Ping(int n) { await Task.Yield(); await Pong(n + 1); } async Task Pong(int n) { await Task.Delay(1); await Ping(n + 1); } " + Go + "await Ping(0);",

        ["Parallel.For with busy bodies"] = Go + "Parallel.For(0, 8, i => { while (true) { } });",
        ["Parallel.ForEachAsync"] = Go + "await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (i, t) => await Task.Delay(-1));",
        ["PLINQ"] = Go + "Enumerable.Range(0, int.MaxValue).AsParallel().Select(x => { while (true) { } return x; }).Count();",
        ["PLINQ over a long range"] = Go + "ParallelEnumerable.Range(0, int.MaxValue).Select(x => x ^ 1).Where(x => x < 0).Select(x => { for (int i = 0; i < 1000; i++) { } return x; }).Count();",
        ["Task.Run busy, waited for"] = Go + "Task.Run(() => { while (true) { } }).Wait();",
        ["a busy thread, joined"] = "{ var t = new Thread(() => { while (true) { } }); t.Start(); " + Go + "t.Join(); }",
        ["a busy thread without the flow"] = "new Thread(() => { while (true) { } }).UnsafeStart(); " + Go + "Thread.Sleep(-1);",
        ["busy work queued without the flow"] = "ThreadPool.UnsafeQueueUserWorkItem(_ => { while (true) { } }, null); " + Go + "Thread.Sleep(-1);",
        ["a busy timer"] = "{ var t = new Timer(_ => { while (true) { } }, null, 0, 100); " + Go + "Thread.Sleep(-1); GC.KeepAlive(t); }",
        ["nested tasks ten deep"] = "void Nest(int n) { if (n == 0) { " + Go + "while (true) { } } Task.Run(() => Nest(n - 1)).Wait(); } Nest(10);",
        ["nested tasks ten deep that wait"] = "void Nest(int n) { if (n == 0) { " + Go + "Thread.Sleep(-1); } Task.Run(() => Nest(n - 1)).Wait(); } Nest(10);",
        ["nested awaits ten deep"] = "async Task Nest(int n) { if (n == 0) { " + Go + "await Task.Delay(-1); } await Task.Run(() => Nest(n - 1)); } await Nest(10);",
        ["many waiting tasks"] = "{ var all = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Thread.Sleep(-1))).ToArray(); " + Go + "Task.WaitAll(all); }",
        ["a print flood"] = Go + "while (true) Console.WriteLine(\"a line of output that nobody waits for\");",
    };

    public static TheoryData<string> Names => new(Programs.Keys);

    public static IEnumerable<string> All => Programs.Values;

    public static string Code(string name) => Programs[name];
}
