using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Programs that never end by themselves and reach no wait. Each prints "go" and is busy from then on.</summary>
internal static class BusyPrograms
{
    private const string Busy = "void Busy() { while (true) { } }\n";

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["while true"] = "Console.Write(\"go\"); while (true) { }",
        ["for ever"] = "Console.Write(\"go\"); for (;;) ;",
        ["do while"] = "Console.Write(\"go\"); do { } while (true);",
        ["goto"] = "Console.Write(\"go\"); again: goto again;",
        ["goto with work"] = "long x = 0; Console.Write(\"go\"); again: x++; if (x >= 0) goto again; x--; goto again;",
        ["nested counted loops"] = "long n = 0; Console.Write(\"go\"); for (int i = 0; i < 1_000_000; i++) for (int j = 0; j < 1_000_000; j++) n += i ^ j;",
        ["nested counted loops in a method"] = "long F() { long n = 0; for (int i = 0; i < 1_000_000; i++) for (int j = 0; j < 1_000_000; j++) n += i ^ j; return n; } Console.Write(\"go\"); F()",
        ["hanoi"] = "long moves = 0; void Hanoi(int n, int a, int b, int c) { if (n == 0) return; Hanoi(n - 1, a, c, b); moves++; Hanoi(n - 1, c, b, a); } Console.Write(\"go\"); Hanoi(60, 0, 1, 2);",
        ["fibonacci"] = "long Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2); Console.Write(\"go\"); Fib(80)",
        ["ackermann"] = "int A(int m, int n) => m == 0 ? n + 1 : n == 0 ? A(m - 1, 1) : A(m - 1, A(m, n - 1)); Console.Write(\"go\"); while (true) A(2, 9);",
        ["recursive lambda"] = "Func<int, long> f = null; f = n => n < 2 ? n : f(n - 1) + f(n - 2); Console.Write(\"go\"); f(80)",
        ["iterator in foreach"] = "IEnumerable<int> All() { var i = 0; while (true) yield return i++; } long s = 0; Console.Write(\"go\"); foreach (var x in All()) s += x;",
        ["iterator in linq"] = "IEnumerable<int> All() { var i = 0; while (true) yield return i++; } Console.Write(\"go\"); All().Select(x => x * 2).Count(x => x < 0)",
        ["range pipeline"] = "Console.Write(\"go\"); while (true) Enumerable.Range(0, int.MaxValue).Select(x => x ^ 1).Where(x => x > 5).Count();",
        ["one range pipeline"] = "Console.Write(\"go\"); Enumerable.Range(0, int.MaxValue).SelectMany(x => Enumerable.Range(0, 1000)).Select(x => x ^ 1).Where(x => x > 5).Count()",
        ["order by"] = "Console.Write(\"go\"); Enumerable.Range(0, 10).OrderBy(x => { while (true) { } return x; }).ToList()",
        ["list sort"] = "Console.Write(\"go\"); var l = Enumerable.Range(0, 100).ToList(); l.Sort((a, b) => { while (true) { } return 0; });",
        ["catch all"] = Busy + "Console.Write(\"go\"); while (true) { try { Busy(); } catch { } }",
        ["catch Exception"] = Busy + "Console.Write(\"go\"); while (true) { try { Busy(); } catch (Exception) { } }",
        ["catch SystemException"] = Busy + "Console.Write(\"go\"); while (true) { try { Busy(); } catch (SystemException) { } }",
        ["catch with filter"] = Busy + "bool Log(Exception e) => true; Console.Write(\"go\"); while (true) { try { Busy(); } catch (Exception e) when (Log(e)) { } }",
        ["catch and go on"] = Busy + "int eaten = 0; Console.Write(\"go\"); for (;;) { try { Busy(); } catch (Exception) { eaten++; while (true) { } } }",
        ["dynamic"] = "dynamic d = 1; Console.Write(\"go\"); while (true) { for (int i = 0; i < 1000; i++) d = d + 1; d = 1; }",
        ["throwing loop"] = "Console.Write(\"go\"); while (true) { try { throw new FormatException(); } catch (FormatException) { } }",
        ["throwing loop catching all"] = "Console.Write(\"go\"); while (true) { try { throw new FormatException(); } catch (Exception) { } }",
        ["reflection"] = "class R { public static void Loop() { while (true) { } } } Console.Write(\"go\"); typeof(R).GetMethod(\"Loop\").Invoke(null, null);",
        ["reflection in a catch"] = "class R { public static void Loop() { while (true) { } } } Console.Write(\"go\"); while (true) { try { typeof(R).GetMethod(\"Loop\").Invoke(null, null); } catch (Exception) { } }",
        ["generics"] = "class Box<T> { public T Value; public void Spin(Func<T, T> f) { while (true) Value = f(Value); } } Console.Write(\"go\"); new Box<long>().Spin(x => x + 1);",
        ["span and stackalloc"] = "Console.Write(\"go\"); { Span<int> s = stackalloc int[64]; while (true) for (int i = 0; i < s.Length; i++) s[i] += i; }",
        ["goto case"] = "int state = 0; Console.Write(\"go\"); switch (state) { case 0: goto case 1; case 1: state++; goto case 2; case 2: state--; goto case 0; }",
        ["switch in a loop"] = "int state = 0; Console.Write(\"go\"); while (true) switch (state) { case 0: state = 1; continue; case 1: state = 2; continue; default: state = 0; continue; }",
        ["nested try finally"] = "int n = 0; Console.Write(\"go\"); while (true) { try { try { n++; } finally { n--; } } finally { n ^= 1; } }",
        ["loop inside try finally"] = "int n = 0; Console.Write(\"go\"); try { try { while (true) { } } finally { n++; } } finally { n++; }",
        ["thrown in catch"] = Busy + "Console.Write(\"go\"); while (true) { try { Busy(); } catch (Exception e) { throw new InvalidOperationException(\"eaten\", e); } }",
    };

    public static TheoryData<string> Names => new(Programs.Keys);

    public static IEnumerable<string> All => Programs.Values;

    public static string Code(string name) => Programs[name];

    /// <summary>A library that was never compiled for this.</summary>
    public static void CompileLoopingLibrary(string path)
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':');
        var references = trusted.Where(file => Path.GetFileName(file) is "System.Runtime.dll" or "System.Private.CoreLib.dll").Select(file => MetadataReference.CreateFromFile(file));
        var tree = CSharpSyntaxTree.ParseText("""
            public static class Spinner
            {
                public static long Turns;

                public static void Spin()
                {
                    while (true)
                    {
                        try { Inner(); } catch (System.Exception) { Turns = -1; }
                    }
                }

                private static void Inner()
                {
                    for (;;) { Turns++; }
                }
            }
            """);
        var result = CSharpCompilation.Create("Spinner", [tree], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(path);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
    }
}
