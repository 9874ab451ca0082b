using System.Text;
using ProcInterrupt.Tests.WorkerProcess.Checkpoints;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Replacements;

/// <summary>Calls have the same results and exceptions, woven to the worker's replacements and not.</summary>
[Collection(WeaverCollection.Name)]
public sealed class SameResultTests
{
    private static readonly Dictionary<string, string[]> Calls = new()
    {
        {
            "threads",
            [
                "Thread.Sleep(0)", "Thread.Sleep(1)", "Thread.Sleep(-2)", "Thread.Sleep(TimeSpan.FromMilliseconds(1))", "Thread.Sleep(TimeSpan.FromMilliseconds(-2))",
                "Thread.Sleep(TimeSpan.FromTicks(1))", "Thread.Sleep(TimeSpan.MaxValue)", "Done().Join()", "Done().Join(0)", "Done().Join(-1)", "Done().Join(5)",
                "Done().Join(TimeSpan.FromSeconds(1))", "Thread.CurrentThread.Join(1)", "Thread.CurrentThread.Join(-5)", "Thread.CurrentThread.Join(TimeSpan.FromDays(100))",
                "new Thread(() => { }).Join()", "new Thread(() => { }).Join(1)", "((Thread)null!).Join()", "((Thread)null!).Join(1)", "((Thread)null!).Join(TimeSpan.Zero)",
            ]
        },
        {
            "monitors",
            [
                "Monitor.Enter(o); W(Monitor.IsEntered(o)); Monitor.Exit(o)", "Monitor.Enter(null!)", "b = false; Monitor.Enter(o, ref b); W(b); Monitor.Exit(o)",
                "b = true; Monitor.Enter(o, ref b)", "b = false; Monitor.Enter(null!, ref b)", "W(Monitor.TryEnter(o, 0)); Monitor.Exit(o)", "Monitor.TryEnter(o, -2)",
                "W(Monitor.TryEnter(o, -1)); Monitor.Exit(o)", "W(Monitor.TryEnter(o, TimeSpan.FromSeconds(1))); Monitor.Exit(o)", "Monitor.TryEnter(o, TimeSpan.FromDays(100))",
                "Monitor.TryEnter(null!, 5)", "b = false; Monitor.TryEnter(o, 5, ref b); W(b); Monitor.Exit(o)", "b = true; Monitor.TryEnter(o, 5, ref b)", "b = true; Monitor.TryEnter(o, -5, ref b)",
                "b = false; Monitor.TryEnter(o, TimeSpan.FromMilliseconds(3), ref b); W(b); Monitor.Exit(o)", "b = false; Monitor.TryEnter(o, TimeSpan.FromMilliseconds(-3), ref b)",
                "Monitor.TryEnter(held, 1)", "Monitor.TryEnter(held, 0)", "b = false; Monitor.TryEnter(held, 1, ref b); W(b)", "b = false; Monitor.TryEnter(held, TimeSpan.FromMilliseconds(1), ref b); W(b)",
                "Monitor.TryEnter(held, TimeSpan.FromMilliseconds(1))", "Monitor.Wait(o)", "Monitor.Wait(null!)", "Monitor.Wait(o, 1)", "lock (o) W(Monitor.Wait(o, 1))", "lock (o) W(Monitor.Wait(o, 0))",
                "lock (o) Monitor.Wait(o, -2)", "lock (o) W(Monitor.Wait(o, TimeSpan.FromMilliseconds(1)))", "lock (o) Monitor.Wait(o, TimeSpan.FromDays(99))", "lock (o) W(Monitor.Wait(o, 1, true))",
                "lock (o) W(Monitor.Wait(o, TimeSpan.FromMilliseconds(1), false))", "lock (o) { Task.Run(() => { lock (o) Monitor.Pulse(o); }); W(Monitor.Wait(o)); W(Monitor.IsEntered(o)); }",
                "lock (o) lock (o) W(Monitor.IsEntered(o)); W(Monitor.IsEntered(o))",
            ]
        },
        {
            "locks",
            [
                "l.Enter(); W(l.IsHeldByCurrentThread); l.Exit()", "lock (l) W(l.IsHeldByCurrentThread); W(l.IsHeldByCurrentThread)", "lock (l) lock (l) { } l.Exit()",
                "var s = l.EnterScope(); s.Dispose(); s.Dispose(); l.Exit()", "var s = l.EnterScope(); l.Exit(); s.Dispose()", "W(l.TryEnter(5)); l.Exit()", "l.TryEnter(-2)",
                "W(l.TryEnter(TimeSpan.FromSeconds(1))); l.Exit()", "l.TryEnter(TimeSpan.FromDays(99))", "heldLock.TryEnter(1)", "heldLock.TryEnter(0)", "heldLock.TryEnter(TimeSpan.FromMilliseconds(2))",
                "((Lock)null!).Enter()", "((Lock)null!).TryEnter(1)", "((Lock)null!).TryEnter(TimeSpan.Zero)", "lock ((Lock)null!) { }",
                "Lock.Scope s = l.EnterScope(); var t = new Thread(() => W(l.TryEnter(1))); t.Start(); t.Join(); s.Dispose(); t = new Thread(() => { lock (l) W(2); }); t.Start(); t.Join()",
            ]
        },
        {
            "wait handles",
            [
                "set.WaitOne()", "set.WaitOne(0)", "set.WaitOne(5)", "set.WaitOne(-1)", "set.WaitOne(-2)", "unset.WaitOne(0)", "unset.WaitOne(1)", "unset.WaitOne(TimeSpan.FromMilliseconds(1))",
                "unset.WaitOne(TimeSpan.FromDays(99))", "unset.WaitOne(1, true)", "unset.WaitOne(TimeSpan.FromMilliseconds(1), false)", "unset.WaitOne(-3, true)", "closed.WaitOne()", "closed.WaitOne(1)",
                "((WaitHandle)null!).WaitOne()", "((WaitHandle)null!).WaitOne(1)", "((WaitHandle)null!).WaitOne(TimeSpan.Zero, true)", "new Own().WaitOne(5)", "new Own().WaitOne()",
                "WaitHandle.WaitAny([unset, set])", "WaitHandle.WaitAny([unset], 1)", "WaitHandle.WaitAny([unset], 0)", "WaitHandle.WaitAny([unset], TimeSpan.FromMilliseconds(1))", "WaitHandle.WaitAny([set], -1, true)",
                "WaitHandle.WaitAny([set], TimeSpan.FromMilliseconds(1), true)", "WaitHandle.WaitAny(null!)", "WaitHandle.WaitAny([])", "WaitHandle.WaitAny([null!])", "WaitHandle.WaitAny([set], -2)",
                "WaitHandle.WaitAll([set, set])", "WaitHandle.WaitAll([set])", "WaitHandle.WaitAll([unset, set], 1)", "WaitHandle.WaitAll([set], TimeSpan.FromMilliseconds(1))", "WaitHandle.WaitAll([unset], 1, true)",
                "WaitHandle.WaitAll([set], TimeSpan.FromDays(99))", "WaitHandle.WaitAll([set], TimeSpan.Zero, true)", "WaitHandle.WaitAll(null!)", "WaitHandle.WaitAll([], 5)",
                "var a = new AutoResetEvent(false); W(WaitHandle.SignalAndWait(a, set)); W(a.WaitOne(0))", "WaitHandle.SignalAndWait(set, unset, 1, false)", "WaitHandle.SignalAndWait(set, unset, 0, true)",
                "WaitHandle.SignalAndWait(set, unset, TimeSpan.FromMilliseconds(1), false)", "WaitHandle.SignalAndWait(set, unset, -2, false)", "WaitHandle.SignalAndWait(null!, set)", "WaitHandle.SignalAndWait(set, set, TimeSpan.FromDays(99), true)",
                "var m = new Mutex(); var t = new Thread(() => m.WaitOne()); t.Start(); t.Join(); m.WaitOne(1000)", "new Mutex(true).WaitOne(1)",
            ]
        },
        {
            "slim events",
            [
                "slimSet.Wait()", "slimSet.Wait(0)", "slimSet.Wait(-1)", "slimSet.Wait(-2)", "slim.Wait(0)", "slim.Wait(1)", "slim.Wait(TimeSpan.FromMilliseconds(1))", "slim.Wait(TimeSpan.FromDays(99))",
                "slimSet.Wait(canceled)", "slim.Wait(canceled)", "slim.Wait(1, never)", "slim.Wait(-1, soon.Token)", "slim.Wait(TimeSpan.FromSeconds(100), canceled)", "slim.Wait(-2, canceled)", "((ManualResetEventSlim)null!).Wait()",
                "var d = new ManualResetEventSlim(true); d.Dispose(); d.Wait()", "count0.Wait()", "count0.Wait(5)", "count0.Wait(-2)", "count1.Wait(1)", "count1.Wait(0)", "count1.Wait(TimeSpan.FromMilliseconds(1))",
                "count1.Wait(canceled)", "count1.Wait(5, canceled)", "count1.Wait(TimeSpan.FromDays(99), never)", "count1.Wait(TimeSpan.FromMilliseconds(1), never)", "((CountdownEvent)null!).Wait(1)",
            ]
        },
        {
            "semaphores and barriers",
            [
                "sem.Wait(); W(sem.CurrentCount); sem.Release()", "W(sem.Wait(0)); sem.Release()", "W(sem.Wait(5)); sem.Release()", "W(sem.Wait(TimeSpan.FromSeconds(1))); sem.Release()", "new SemaphoreSlim(1).Wait(-2)", "sem.Wait(-2, never)", "sem.Wait(TimeSpan.FromDays(99))",
                "none.Wait(0)", "none.Wait(1)", "none.Wait(35)", "none.Wait(canceled)", "none.Wait(5, canceled)", "none.Wait(-1, soon.Token)", "none.Wait(TimeSpan.FromMilliseconds(1), never)", "none.Wait(TimeSpan.FromMilliseconds(1))", "((SemaphoreSlim)null!).Wait()",
                "OnceThisWaits(() => none.Release()); none.Wait(); W(none.CurrentCount)", "var d = new SemaphoreSlim(1); d.Dispose(); d.Wait()",
                "new Barrier(1).SignalAndWait()", "new Barrier(1).SignalAndWait(5)", "new Barrier(2).SignalAndWait(0)", "new Barrier(2).SignalAndWait(1)", "new Barrier(2).SignalAndWait(25)", "new Barrier(2).SignalAndWait(-2)", "new Barrier(0).SignalAndWait()",
                "new Barrier(2).SignalAndWait(TimeSpan.FromMilliseconds(1))", "new Barrier(2).SignalAndWait(TimeSpan.FromDays(99))", "new Barrier(2).SignalAndWait(canceled)", "new Barrier(2).SignalAndWait(soon.Token)", "new Barrier(2).SignalAndWait(1, canceled)",
                "new Barrier(2).SignalAndWait(TimeSpan.FromMilliseconds(1), never)", "new Barrier(1, _ => throw new FormatException(\"x\")).SignalAndWait()", "new Barrier(1, x => x.SignalAndWait()).SignalAndWait()",
                "var r = new Barrier(3, x => W(x.CurrentPhaseNumber)); var ts = new[] { new Thread(() => { r.SignalAndWait(); r.SignalAndWait(); }), new Thread(() => { r.SignalAndWait(); Thread.Sleep(40); r.SignalAndWait(); }) }; foreach (var t in ts) t.Start(); r.SignalAndWait(); r.SignalAndWait(); foreach (var t in ts) t.Join(); W(r.CurrentPhaseNumber)",
                "((Barrier)null!).SignalAndWait()",
            ]
        },
        {
            "reader writer locks and spin locks",
            [
                "rw.EnterReadLock(); W(rw.IsReadLockHeld); rw.ExitReadLock()", "rw.EnterWriteLock(); W(rw.IsWriteLockHeld); rw.ExitWriteLock()", "rw.EnterUpgradeableReadLock(); rw.EnterWriteLock(); W(rw.IsUpgradeableReadLockHeld); rw.ExitWriteLock(); rw.ExitUpgradeableReadLock()",
                "rw.EnterWriteLock(); try { rw.EnterWriteLock(); } finally { rw.ExitWriteLock(); }", "rw.EnterReadLock(); try { rw.EnterWriteLock(); } finally { rw.ExitReadLock(); }", "W(rw.TryEnterReadLock(0)); rw.ExitReadLock()", "W(rw.TryEnterReadLock(-1)); rw.ExitReadLock()",
                "rw.TryEnterReadLock(-2)", "rw.TryEnterWriteLock(-2)", "rw.TryEnterUpgradeableReadLock(TimeSpan.FromDays(99))", "rwHeld.TryEnterReadLock(1)", "rwHeld.TryEnterReadLock(25)", "rwHeld.TryEnterWriteLock(1)", "rwHeld.TryEnterUpgradeableReadLock(1)",
                "rwHeld.TryEnterReadLock(TimeSpan.FromMilliseconds(1))", "rwHeld.TryEnterWriteLock(TimeSpan.FromMilliseconds(1))", "rwHeld.TryEnterUpgradeableReadLock(TimeSpan.FromMilliseconds(1))", "((ReaderWriterLockSlim)null!).EnterReadLock()",
                "old.AcquireReaderLock(-1); W(old.IsReaderLockHeld); old.ReleaseReaderLock()", "old.AcquireWriterLock(5); W(old.IsWriterLockHeld); old.ReleaseWriterLock()", "old.AcquireWriterLock(TimeSpan.FromSeconds(1)); old.ReleaseWriterLock()", "old.AcquireReaderLock(-2)", "old.AcquireReaderLock(TimeSpan.FromDays(99))",
                "oldHeld.AcquireReaderLock(0)", "oldHeld.AcquireReaderLock(1)", "oldHeld.AcquireReaderLock(25)", "oldHeld.AcquireWriterLock(1)", "oldHeld.AcquireWriterLock(TimeSpan.FromMilliseconds(1))", "oldHeld.UpgradeToWriterLock(1)", "old.UpgradeToWriterLock(-3)",
                "old.AcquireReaderLock(-1); var c = old.UpgradeToWriterLock(-1); W(old.IsWriterLockHeld); old.DowngradeFromWriterLock(ref c); W(old.IsReaderLockHeld); old.ReleaseReaderLock()",
                "var u = new ReaderWriterLock(); var t = new Thread(() => u.AcquireReaderLock(-1)); t.Start(); t.Join(); u.AcquireReaderLock(-1); try { u.UpgradeToWriterLock(25); } catch (ApplicationException e) { W(e.Message + u.IsReaderLockHeld); }", "((ReaderWriterLock)null!).AcquireReaderLock(5)",
                "b = false; spin.Enter(ref b); W(b); spin.Exit()", "b = true; try { spin.Enter(ref b); } catch (ArgumentException e) { W(e.Message + b); }", "b = false; spin.TryEnter(5, ref b); W(b); try { b = false; spin.Enter(ref b); } finally { spin.Exit(); }", "b = false; spin.TryEnter(-2, ref b)",
                "b = false; spin.TryEnter(TimeSpan.FromMilliseconds(3), ref b); W(b); spin.Exit()", "b = false; spin.TryEnter(TimeSpan.FromDays(99), ref b)", "b = false; spinHeld.TryEnter(0, ref b); W(b)", "b = false; spinHeld.TryEnter(1, ref b); W(b)", "b = false; spinHeld.TryEnter(25, ref b); W(b)",
                "b = false; spinHeld.TryEnter(TimeSpan.FromMilliseconds(1), ref b); W(b)", "int n = 0; SpinWait.SpinUntil(() => n++ > 5); W(n)", "SpinWait.SpinUntil(() => false, 1)", "SpinWait.SpinUntil(() => true, 0)", "SpinWait.SpinUntil(null!)", "SpinWait.SpinUntil(null!, 5)", "SpinWait.SpinUntil(() => true, -2)",
                "SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(1))", "SpinWait.SpinUntil(() => throw new FormatException(\"x\"))", "SpinWait.SpinUntil(() => true, TimeSpan.FromDays(99))",
            ]
        },
        {
            "tasks",
            [
                "done.Wait()", "done.Wait(0)", "done.Wait(-1)", "done.Wait(-2)", "done.Wait(canceled)", "done.Wait(TimeSpan.FromSeconds(1))", "done.Wait(TimeSpan.FromDays(99))", "failed.Wait()", "failed.Wait(5)", "failed.Wait(never)", "failed.Wait(TimeSpan.Zero, never)", "stopped.Wait()", "stopped.Wait(5)", "stopped.Wait(canceled)",
                "pending.Wait(0)", "pending.Wait(1)", "pending.Wait(canceled)", "pending.Wait(1, never)", "pending.Wait(-1, soon.Token)", "pending.Wait(TimeSpan.FromMilliseconds(1))", "pending.Wait(TimeSpan.FromSeconds(9), canceled)", "pending.Wait(-2)", "pending.Wait(-2, canceled)", "((Task)null!).Wait()", "((Task)null!).Wait(5)",
                "Later(3).Wait()", "LaterFails().Wait()", "LaterFails().Wait(never)", "LaterStops().Wait()", "Later(4).Result", "LaterFails().Result", "LaterStops().Result", "Task.FromResult(5).Result", "failed.Result", "stopped.Result", "((Task<int>)null!).Result",
                "Later(3).GetAwaiter().GetResult()", "LaterFails().GetAwaiter().GetResult()", "LaterStops().GetAwaiter().GetResult()", "((Task)Later(3)).GetAwaiter().GetResult()", "((Task)LaterFails()).GetAwaiter().GetResult()", "failed.GetAwaiter().GetResult()", "default(System.Runtime.CompilerServices.TaskAwaiter).GetResult()", "((Task)null!).GetAwaiter()", "((Task<int>)null!).GetAwaiter()",
                "Later(3).ConfigureAwait(false).GetAwaiter().GetResult()", "((Task)LaterFails()).ConfigureAwait(true).GetAwaiter().GetResult()", "((Task)LaterFails()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult()", "Later(3).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing)", "done.ConfigureAwait((ConfigureAwaitOptions)99)", "pending.ConfigureAwait((ConfigureAwaitOptions)99)",
                "Later(7).ConfigureAwait(ConfigureAwaitOptions.ForceYielding).GetAwaiter().GetResult()", "((Task<int>)null!).ConfigureAwait(true)",
                "new ValueTask<int>(5).Result", "new ValueTask<int>(Later(6)).Result", "new ValueTask<int>(LaterFails()).Result", "new ValueTask<int>(Later(6)).GetAwaiter().GetResult()", "new ValueTask(LaterFails()).GetAwaiter().GetResult()", "new ValueTask(Later(1)).ConfigureAwait(false).GetAwaiter().GetResult()", "new ValueTask<int>(Later(8)).ConfigureAwait(false).GetAwaiter().GetResult()",
                "new ValueTask<int>(new Source(), 1).GetAwaiter().GetResult()", "new ValueTask<int>(new Source(), 1).Result", "new ValueTask(new Source(), 1).GetAwaiter().GetResult()", "default(ValueTask).GetAwaiter().GetResult()", "default(ValueTask<int>).Result",
                "Task.WaitAll()", "Task.WaitAll(done, done)", "Task.WaitAll(done, failed, LaterFails(), stopped)", "Task.WaitAll(Later(1), Later(2))", "Task.WaitAll(LaterStops(), LaterFails())", "Task.WaitAll((Task[])null!)", "Task.WaitAll(done, null!)", "Task.WaitAll(new Task[] { pending, null! })", "Task.WaitAll([pending], 1)", "Task.WaitAll([pending], 0)", "Task.WaitAll([pending], -2)", "Task.WaitAll([pending], TimeSpan.FromMilliseconds(1))",
                "Task.WaitAll([pending], TimeSpan.FromDays(99))", "Task.WaitAll([pending], canceled)", "Task.WaitAll([pending], 1, never)", "Task.WaitAll([failed], never)", "Task.WaitAll(new List<Task> { Later(1), LaterFails() })", "Task.WaitAll((IEnumerable<Task>)null!)", "Task.WaitAll(new List<Task> { pending }, canceled)", "Task.WaitAll(new List<Task> { null! })", "Task.WaitAll(((Task[])[Later(1), LaterFails()]).AsSpan())", "ReadOnlySpan<Task> s = [done, null!]; Task.WaitAll(s)", "ReadOnlySpan<Task> s = []; Task.WaitAll(s)",
                "Task.WaitAny()", "Task.WaitAny(pending, done)", "Task.WaitAny(pending, Later(1))", "Task.WaitAny(pending, LaterFails())", "Task.WaitAny((Task[])null!)", "Task.WaitAny(pending, null!)", "Task.WaitAny([pending], 1)", "Task.WaitAny([pending], -2)", "Task.WaitAny([pending], TimeSpan.FromMilliseconds(1))", "Task.WaitAny([pending], TimeSpan.FromDays(99))", "Task.WaitAny([pending], canceled)", "Task.WaitAny([pending], 1, never)", "Task.WaitAny([pending], soon.Token)",
                "var t = new Task(() => { }); W(t.Wait(1)); t.RunSynchronously(); t.Wait()", "Task.Factory.StartNew(() => Task.Factory.StartNew(() => throw new FormatException(\"child\"), TaskCreationOptions.AttachedToParent)).Wait()",
                "var one = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler; var f = new TaskFactory(one); f.StartNew(() => f.StartNew(() => W(1)).Wait()).Wait()", "new Task(() => W(1)).Wait(1)", "Task.Run(() => Task.Run(() => W(2)).Wait()).Wait()",
            ]
        },
        {
            "awaits",
            [
                "Sync(async () => { await done; await Later(1); W(await Later(2)); })", "Sync(async () => await failed)", "Sync(async () => await LaterFails())", "Sync(async () => await LaterStops())", "Sync(async () => await stopped)", "Sync(async () => await (Task)null!)", "Sync(async () => W(await Later(3).ConfigureAwait(false)))",
                "Sync(async () => { await ((Task)LaterFails()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); W(1); })", "Sync(async () => { await done.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); W(1); })", "Sync(async () => { W(await new ValueTask<int>(4)); W(await new ValueTask<int>(Later(5))); await new ValueTask(LaterFails()); })",
                "Sync(async () => { W(await new ValueTask<int>(Later(5)).ConfigureAwait(false)); await new ValueTask(Later(1)).ConfigureAwait(true); })", "Sync(async () => { ValueTask<int> v = new(Later(5)); W(await v); W(v.IsCompleted); W(await v); })", "Sync(async () => { await foreach (int i in Numbers(3)) W(i); })", "Sync(async () => { await foreach (int i in Numbers(3).WithCancellation(never)) W(i); })",
                "Sync(async () => { await foreach (int i in Numbers(3).ConfigureAwait(false)) W(i); })", "Sync(async () => { await foreach (int i in Numbers(3).WithCancellation(canceled).ConfigureAwait(false)) W(i); })", "Sync(async () => { await foreach (int i in Numbers(-1).WithCancellation(never)) W(i); })", "((IAsyncEnumerable<int>)null!).WithCancellation(never)", "((IAsyncEnumerable<int>)null!).ConfigureAwait(false)",
                "foreach (int i in Numbers(3).ToBlockingEnumerable()) W(i)", "foreach (int i in Numbers(-1).ToBlockingEnumerable()) W(i)", "foreach (int i in Numbers(9).ToBlockingEnumerable(canceled)) W(i)", "var e = ((IAsyncEnumerable<int>)null!).ToBlockingEnumerable(); W(e is not null); foreach (int i in e!) W(i)", "Sync(async () => { await using var d = new Disposable(); await Task.Yield(); })",
                "Sync(async () => { try { await LaterFails(); } catch (FormatException e) { await Later(1); W(e.Message); } finally { await Later(2); W(3); } })", "Sync(async () => { await Task.WhenAll(Later(1), LaterFails()); })", "Sync(async () => W(await await Task.WhenAny(Later(1))))", "Sync(async () => { await new Custom(); W(6); })",
            ]
        },
        {
            "collections",
            [
                "bc.Add(1); W(bc.Take())", "bc.Add(2, never); W(bc.Take(never))", "bc.Add(1, canceled)", "bc.Take(canceled)", "W(bc.TryTake(out int x, 0)); W(x)", "W(bc.TryTake(out int x, 25)); W(x)", "W(bc.TryTake(out int x, TimeSpan.FromMilliseconds(1))); W(x)", "bc.TryTake(out _, -2)", "bc.TryTake(out _, TimeSpan.FromDays(99))", "bc.TryTake(out _, -1, soon.Token)", "bc.TryTake(out _, 5, canceled)",
                "W(full.TryAdd(2, 0)); W(full.TryAdd(2, 25)); W(full.TryAdd(2, TimeSpan.FromMilliseconds(1)))", "full.TryAdd(2, -2)", "full.TryAdd(2, TimeSpan.FromDays(99))", "full.TryAdd(2, -1, soon.Token)", "full.Add(2, canceled)", "ended.Add(1)", "ended.TryAdd(1, 5)", "ended.Take()", "ended.Take(never)", "W(ended.TryTake(out int x, -1)); W(x)", "((BlockingCollection<int>)null!).Take()", "((BlockingCollection<int>)null!).GetConsumingEnumerable()",
                "OnceThisWaits(() => bc.Add(7)); W(bc.Take())", "var c = new BlockingCollection<int>(); OnceThisWaits(c.CompleteAdding); c.Take()", "var c = new BlockingCollection<int>(1) { 1 }; OnceThisWaits(c.CompleteAdding); c.Add(2)",
                "W(BlockingCollection<int>.AddToAny([full, bc], 3)); W(BlockingCollection<int>.TakeFromAny([ended, bc], out int x)); W(x)", "BlockingCollection<int>.AddToAny(null!, 3)", "BlockingCollection<int>.AddToAny([full], 3, canceled)", "BlockingCollection<int>.AddToAny([ended], 3)", "BlockingCollection<int>.TakeFromAny([ended], out _)", "BlockingCollection<int>.TakeFromAny([], out _)", "BlockingCollection<int>.TakeFromAny([bc], out _, canceled)",
                "W(BlockingCollection<int>.TryTakeFromAny([bc], out int x, 25)); W(x)", "BlockingCollection<int>.TryTakeFromAny([bc], out _, -2)", "BlockingCollection<int>.TryTakeFromAny([bc], out _, TimeSpan.FromMilliseconds(1))", "BlockingCollection<int>.TryTakeFromAny([ended], out _, -1)", "BlockingCollection<int>.TryTakeFromAny([bc], out _, 1, never)", "W(BlockingCollection<int>.TryAddToAny([full], 3, 25))", "BlockingCollection<int>.TryAddToAny([full], 3, TimeSpan.FromMilliseconds(1))",
                "BlockingCollection<int>.TryAddToAny([full], 3, -2)", "BlockingCollection<int>.TryAddToAny([full], 3, 1, canceled)", "var c = new BlockingCollection<int> { 1, 2 }; c.CompleteAdding(); foreach (int i in c.GetConsumingEnumerable()) W(i)", "foreach (int i in bc.GetConsumingEnumerable(canceled)) W(i)", "var c = new BlockingCollection<int>(); var e = c.GetConsumingEnumerable(); c.Dispose(); foreach (int i in e) W(i)",
                "var c = new BlockingCollection<int>(new System.Collections.Concurrent.ConcurrentStack<int>()); for (int i = 0; i < 9; i++) c.Add(i); c.CompleteAdding(); int s = 0; Parallel.ForEach(c.GetConsumingEnumerable(), i => Interlocked.Add(ref s, i)); W(s)",
            ]
        },
        {
            "processes and lazies",
            [
                "var p = Process.Start(\"true\"); p.WaitForExit(); W(p.ExitCode)", "var p = Process.Start(\"false\"); W(p.WaitForExit(5000)); W(p.ExitCode)", "var p = Process.Start(\"false\"); W(p.WaitForExit(TimeSpan.FromSeconds(5)))", "var p = Process.Start(\"sleep\", \"9\"); W(p.WaitForExit(0)); W(p.WaitForExit(25)); p.Kill(); W(p.WaitForExit(-1))", "new Process().WaitForExit()", "new Process().WaitForExit(5)", "((Process)null!).WaitForExit()", "((Process)null!).WaitForExit(1)",
                "var p = Process.Start(\"true\"); p.WaitForExit(-2)", "var p = Process.Start(\"true\"); p.WaitForExit(TimeSpan.FromDays(99))",
                "var seen = new ConcurrentQueue<string>(); var p = new Process { StartInfo = new(\"echo\", \"hello\") { RedirectStandardOutput = true }, EnableRaisingEvents = true }; p.Exited += (_, _) => seen.Enqueue(\"exited\"); p.OutputDataReceived += (_, e) => { if (e.Data is not null) seen.Enqueue(e.Data); }; p.Start(); p.BeginOutputReadLine(); p.WaitForExit(); W(string.Join(' ', seen.Order()))",
                "new Lazy<int>(() => 3).Value", "new Lazy<int>(3).Value", "var z = new Lazy<int>(() => throw new FormatException(\"x\")); try { W(z.Value); } catch (FormatException) { } W(z.IsValueCreated); W(z.Value)", "Lazy<int> z = null!; z = new Lazy<int>(() => z.Value); W(z.Value)", "((Lazy<int>)null!).Value", "new Lazy<List<int>>().Value.Count",
            ]
        },
    };

    public static TheoryData<string> Families() => new(Calls.Keys);

    [Theory]
    [MemberData(nameof(Families))]
    public void A_call_does_the_same_woven(string family)
    {
        string[] calls = Calls[family];
        Snippet snippet = Snippet.Compile(Program(calls));
        string expected = (string)snippet.LoadPlain()()!;
        Woven.Outcome woven = Woven.Run(snippet);
        Assert.Null(woven.Exception);

        // Call by call, so that one that differs is seen at once.
        Assert.Equal(expected.Split('\f'), ((string)woven.Value!).Split('\f'));
        Assert.DoesNotContain("=> hangs", expected, StringComparison.Ordinal);
        Assert.Equal(calls.Length + 1, expected.Split('\f').Length);
    }

    private static string Program(string[] calls)
    {
        var text = new StringBuilder();
        foreach (string call in calls)
        {
            string source = Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(call, quote: true);
            string body = IsExpression(call) ? $"V({source}, () => {call})" : $"S({source}, () => {{ {call}; }})";
            text.Append(body).Append(";\n");
        }

        return $$"""
            global using System.Collections.Concurrent; global using System.Diagnostics; global using System.Threading.Tasks.Sources;
            public static class P
            {
                static StringBuilder output = new();
                static object o = new(), held = new();
                static Lock l = new(), heldLock = new();
                static bool b;
                static ManualResetEvent set = new(true), unset = new(false), closed = new(true);
                static ManualResetEventSlim slimSet = new(true), slim = new();
                static CountdownEvent count0 = new(0), count1 = new(1);
                static SemaphoreSlim sem = new(1), none = new(0);
                static ReaderWriterLockSlim rw = new(), rwHeld = new();
                static ReaderWriterLock old = new(), oldHeld = new();
                static SpinLock spin = new(true), spinHeld = new(false);
                static Task done = Task.CompletedTask, pending = new TaskCompletionSource().Task;
                static Task<int> failed = Task.FromException<int>(new FormatException("failed")), stopped = Task.FromCanceled<int>(new CancellationToken(true));
                static CancellationToken canceled = new(true), never = new CancellationTokenSource().Token;
                static CancellationTokenSource soon => new(20);
                static BlockingCollection<int> bc = new(), full = new(1) { 1 }, ended = new();

                static void W(object? x) { lock (output) output.Append(x).Append('\n'); }

                static void S(string source, Action call) => V<object?>(source, () => { call(); return "-"; });

                static void S(string source, Func<Task> call) => V<object?>(source, () => { call(); return "-"; });

                static void V(string source, Action call) => S(source, call);

                static void V<T>(string source, Func<T> call)
                {
                    string result = "hangs";
                    var thread = new Thread(() => { try { result = Show(call()); } catch (Exception e) { result = Show(e); } }) { IsBackground = true };
                    thread.Start();
                    thread.Join(20_000);
                    lock (output) output.Append(source).Append(" => ").Append(result).Append('\f');
                }

                static void OnceThisWaits(Action then)
                {
                    var waiting = Thread.CurrentThread;
                    new Thread(() => { while ((waiting.ThreadState & System.Threading.ThreadState.WaitSleepJoin) == 0) Thread.Yield(); then(); }).Start();
                }

                static string Show(object? x) => x is null or string or int or bool or long ? $"{x}" : x.GetType().FullName!;
                static string Show(Exception e) => $"{e.GetType().Name}: {e.Message} {(e as ArgumentException)?.ParamName}"
                    + (e is OperationCanceledException c ? $" {c.CancellationToken == canceled}{c.CancellationToken.CanBeCanceled}{c.CancellationToken.IsCancellationRequested}" : "")
                    + (e is AggregateException a ? string.Join("", a.InnerExceptions.Select(Show)) : e.InnerException is { } i ? Show(i) : "");

                static Thread Done() { var t = new Thread(() => { }); t.Start(); t.Join(); return t; }
                static async Task<int> Later(int n) { await Task.Delay(5); return n; }
                static async Task<int> LaterFails() { await Task.Delay(5); throw new FormatException("later"); }
                static Task<int> LaterStops() => Task.Run(async () => { await Task.Delay(5); throw new OperationCanceledException(canceled); return 1; });
                static void Sync(Func<Task> f) => f().GetAwaiter().GetResult();
                static async IAsyncEnumerable<int> Numbers(int n, [EnumeratorCancellation] CancellationToken token = default)
                {
                    try { for (int i = 0; i < n; i++) { await Task.Delay(1); token.ThrowIfCancellationRequested(); yield return i; } if (n < 0) throw new FormatException("numbers"); } finally { await Task.Yield(); W("end"); }
                }

                public static object? Run()
                {
                    output.Clear();
                    closed.Dispose();
                    if (!ended.IsAddingCompleted) ended.CompleteAdding();
                    var holder = new Thread(() => { Monitor.Enter(held); heldLock.Enter(); rwHeld.EnterWriteLock(); oldHeld.AcquireWriterLock(-1); bool t = false; spinHeld.Enter(ref t); slim.Reset(); new ManualResetEvent(false).WaitOne(); }) { IsBackground = true };
                    holder.Start();
                    while ((holder.ThreadState & System.Threading.ThreadState.WaitSleepJoin) == 0) Thread.Yield();
            {{text}}
                    lock (output) return output.ToString();
                }

                class Own : WaitHandle { public override bool WaitOne(int ms) { W("own " + ms); return true; } public override bool WaitOne() { W("own"); return false; } }
                class Disposable : IAsyncDisposable { public async ValueTask DisposeAsync() { await Later(1); W("disposed"); } }
                class Custom { public TaskAwaiter<int> GetAwaiter() => Later(5).GetAwaiter(); }
                class Source : IValueTaskSource<int>, IValueTaskSource
                {
                    public int GetResult(short token) => throw new InvalidOperationException("too early");
                    void IValueTaskSource.GetResult(short token) => throw new InvalidOperationException("too early");
                    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;
                    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) { }
                }
            }
            """;
    }

    private static bool IsExpression(string call) =>
        !call.Contains(';', StringComparison.Ordinal) && !call.StartsWith("lock", StringComparison.Ordinal) && !call.StartsWith("foreach", StringComparison.Ordinal)
        || call.StartsWith("Sync(", StringComparison.Ordinal);
}
