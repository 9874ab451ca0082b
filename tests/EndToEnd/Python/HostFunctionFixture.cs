using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>An assembly with host functions, and one real worker with it for each CPython.</summary>
public sealed class HostFunctionFixture : IAsyncLifetime
{
    private const string Source = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using ProcInterrupt;

        public static class Functions
        {
            private static int cleaned;

            [HostFunction] public static int Add(int left, int right = 5) => left + right;
            [HostFunction("echo")] public static object Back(object value) => value;
            [HostFunction] public static double Total(IReadOnlyList<double> items) => items.Sum();
            [HostFunction] public static Dictionary<string, long[]> Doubled(Dictionary<string, long[]> map) => map.ToDictionary(p => p.Key, p => p.Value.Select(v => 2 * v).ToArray());
            [HostFunction] public static object Twice(Func<object, object> f, object value) => f(f(value));
            [HostFunction] public static long Apply(Func<long, long, long> f, long a, long b) => f(a, b);
            [HostFunction] public static double Seconds(TimeSpan time) => time.TotalMilliseconds;
            [HostFunction] public static void Fail() => throw new FormatException("bad form");
            [HostFunction] public static int Cleaned() => cleaned;
            [HostFunction] public static void Spin() { while (true) Interrupt.Check(); }
            [HostFunction] public static void Nap() => Thread.Sleep(Timeout.Infinite);
            [HostFunction] public static void Loop() { while (true) ; }
            [HostFunction] public static void TakeLock() { var gate = new object(); var t = new Thread(() => { Monitor.Enter(gate); Thread.Sleep(Timeout.Infinite); }) { IsBackground = true }; t.Start(); Thread.Sleep(5); lock (gate) { } Thread.Sleep(Timeout.Infinite); }
            [HostFunction] public static void Swallow() { while (true) { try { Thread.Sleep(Timeout.Infinite); } catch (Exception) { } } }
            [HostFunction] public static async Task Delayed() { await Task.Delay(Timeout.Infinite); }
            [HostFunction] public static void CleanUp() { try { Thread.Sleep(Timeout.Infinite); } finally { Thread.Sleep(20); cleaned++; } }
            [HostFunction] public static void Linger() => _ = Task.Run(async () => { try { await Task.Delay(Timeout.Infinite); } finally { while (true) await Task.Delay(5); } });
            [HostFunction] public static void Leave(int code) => Environment.Exit(code);
            [HostFunction] public static void Sleep(TimeSpan time) => Interrupt.Sleep(time);
            [HostFunction] public static void WaitForToken(CancellationToken token) => Task.Delay(Timeout.Infinite, token).GetAwaiter().GetResult();
            [HostFunction] public static async Task<int> Later(TimeSpan time) { await Task.Delay(time, Interrupt.Token); return 42; }
            [HostFunction] public static string Call(Action f) { try { f(); return "returned"; } catch (InvalidOperationException) { return "eaten"; } finally { cleaned++; } }
            [HostFunction] public static void CallOnAnotherThread(Action f) { Exception e = null; var t = new Thread(() => { try { f(); } catch (Exception x) { e = x; } }); t.Start(); t.Join(); if (e != null) throw new AggregateException(e); }
        }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
    private readonly ConcurrentDictionary<string, Worker> workers = [];

    public string Folder => folder.FullName;

    public string Assembly => Path.Combine(Folder, "Functions.dll");

    public Task InitializeAsync()
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':');
        var references = trusted.Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(file) == "ProcInterrupt.Shared.dll")
            .Select(file => MetadataReference.CreateFromFile(file));
        var result = CSharpCompilation.Create("Functions", [CSharpSyntaxTree.ParseText(Source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(Assembly);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return Task.CompletedTask;
    }

    public async Task<Worker> WorkerAsync(string library)
    {
        if (!workers.TryGetValue(library, out var worker) || !worker.IsAlive)
        {
            worker = workers[library] = await Worker.StartAsync(new WorkerOptions
            {
                Environment = new Dictionary<string, string?> { [LocatingEnvironment.LibraryVariable] = library },
                HostAssemblies = [Assembly],
            });
        }

        return worker;
    }

    public async Task DisposeAsync()
    {
        foreach (var worker in workers.Values)
        {
            await worker.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }
}
