using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using ProcInterrupt.WorkerProcess.Checkpoints;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class ImageTests
{
    [Fact]
    public void Weaving_twice_changes_nothing()
    {
        WovenAssembly once = Snippet.Body("while (true) { }").Weave();

        WovenAssembly twice = Woven.MakeWeaver().Weave(once.Assembly, once.Symbols);

        Assert.Same(once.Assembly, twice.Assembly);
        Assert.Same(once.Symbols, twice.Symbols);
    }

    [Fact]
    public void Code_without_loops_and_calls_stays_byte_for_byte()
    {
        Snippet snippet = Snippet.Compile("public static class P { internal static int Add(int a, int b) => a + b; } class Point { public int X { get; set; } }");

        Assert.Same(snippet.Assembly, snippet.Weave().Assembly);
    }

    [Fact]
    public void The_identity_stays()
    {
        byte[] original = File.ReadAllBytes(typeof(Mono.Cecil.ModuleDefinition).Assembly.Location);

        byte[] woven = Woven.MakeWeaver().Weave(original, null).Assembly;

        Assert.NotSame(original, woven);
        Assert.Equal(Identity(original), Identity(woven));
        Assert.DoesNotContain("System.Private.CoreLib", References(woven));

        static string Identity(byte[] image)
        {
            using var reader = new PEReader(new MemoryStream(image));
            MetadataReader metadata = reader.GetMetadataReader();
            AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
            return $"{metadata.GetGuid(metadata.GetModuleDefinition().Mvid)} {assembly.GetAssemblyName().FullName}";
        }

        static IEnumerable<string> References(byte[] image)
        {
            using var reader = new PEReader(new MemoryStream(image));
            MetadataReader metadata = reader.GetMetadataReader();
            return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
        }
    }

    [Fact]
    public void A_constant_of_an_enum_elsewhere_needs_no_other_assembly()
    {
        Snippet snippet = Snippet.Body("static int F(DayOfWeek d = DayOfWeek.Friday, ConsoleModifiers m = ConsoleModifiers.Alt, CancellationToken t = default) { const System.IO.FileAccess A = System.IO.FileAccess.Write; while ((int)A == 0) { } return (int)d; } return F();");

        Assert.Equal(5, Woven.Run(snippet).Value);
    }

    [Fact]
    public void What_is_no_assembly_is_refused()
    {
        Weaver weaver = Woven.MakeWeaver();
        byte[] good = Snippet.Body("while (true) { }").Assembly;

        Assert.Throws<BadImageFormatException>(() => weaver.Weave([], null));
        Assert.Throws<BadImageFormatException>(() => weaver.Weave([1, 2, 3], null));
        Assert.Throws<BadImageFormatException>(() => weaver.Weave(good[..200], null));
        Assert.Throws<BadImageFormatException>(() => weaver.Weave(new byte[5000], null));
    }

    [Fact]
    public void Symbols_of_something_else_are_left_out()
    {
        Snippet snippet = Snippet.Body("while (true) { }");

        Assert.Null(Woven.MakeWeaver().Weave(snippet.Assembly, Snippet.Body("return 1;").Symbols).Symbols);
        Assert.Null(Woven.MakeWeaver().Weave(snippet.Assembly, [1, 2, 3]).Symbols);
        Assert.Null(Woven.MakeWeaver().Weave(snippet.Assembly, null).Symbols);
    }

    // The body of Run starts on line 3.
    [Theory]
    [InlineData("int n = 0;\nwhile (true)\n{\nn++;\n}\n", 4, 5, 6, 7)]
    [InlineData("try {\nint n = 0;\nfor (;;)\nn++;\n}\nfinally\n{\nTestHooks.Note(\"\");\n}", 4, 5, 6)]
    [InlineData("int n = 0;\nif (n == 0) F();\nn++;\nreturn n; static void F() {\nL:\n goto L; }", 7, 8)]
    [InlineData("A().GetAwaiter().GetResult();\nreturn 1;\nasync Task A() {\nawait Task.Yield();\nint n = 0;\nwhile (n >= 0) { n = 1 - n; }\n}", 8)]
    public void The_trace_of_an_interrupt_names_the_line(string body, params int[] lines)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(body, release), TimeSpan.FromMilliseconds(20));

            StackFrame frame = new StackTrace(outcome.Exception!, fNeedFileInfo: true).GetFrames().First(f => f.GetMethod()?.Name != "Poll");
            Assert.Equal("snippet.cs", frame.GetFileName());
            Assert.Contains(frame.GetFileLineNumber(), lines);
        }
    }

    [Theory]
    [InlineData("int n = 0;\nwhile (n < 5) { n++; }\nThrow();\nreturn n;\nstatic void Throw() => throw new InvalidOperationException();", 5, 7)]
    [InlineData("try {\nfor (int i = 0; i < 3; i++) F(i);\nthrow new ArgumentException();\n} catch (Exception) {\nF(3);\nthrow new InvalidOperationException();\n}\nreturn 1; static int F(int n) => n < 1 ? 0 : F(n - 1);", 8)]
    [InlineData("try { for (int i = 0; i < 3; i++) F(i); }\nfinally {\nF(3);\nThrow();\n}\nreturn 1; static int F(int n) => n < 1 ? 0 : F(n - 1); static void Throw() => throw new InvalidOperationException();", 8, 6)]
    [InlineData("I().Count();\nreturn 1; static IEnumerable<int> I() {\nyield return 1;\nint n = 0; while (n < 5) n++;\nthrow new InvalidOperationException();\n}", 7, 3)]
    public void The_trace_of_another_exception_names_the_lines_it_named_before(string body, params int[] lines)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(body, release));

            int[] found = [.. new StackTrace(Assert.IsType<InvalidOperationException>(outcome.Exception), fNeedFileInfo: true).GetFrames().Select(f => f.GetFileLineNumber()).Where(l => l > 0)];
            Assert.All(lines, l => Assert.Contains(l, found));
        }
    }

    [Fact]
    public void Environment_Exit_ends_the_run_only()
    {
        foreach (bool release in new[] { true, false })
        {
            _ = Woven.Run(Snippet.Body("Environment.Exit(3); return 1;", release));
            Assert.Equal(3, TestHooks.ExitCode);

            _ = Woven.Run(Snippet.Body("Action<int> exit = Environment.Exit; exit(4); return 1;", release));
            Assert.Equal(4, TestHooks.ExitCode);
        }
    }

    [Fact]
    public async Task A_script_submission_is_woven()
    {
        var options = Microsoft.CodeAnalysis.Scripting.ScriptOptions.Default.WithReferences(typeof(object).Assembly, typeof(Enumerable).Assembly).WithEmitDebugInformation(true).WithFilePath("script.csx").WithFileEncoding(System.Text.Encoding.UTF8);
        Microsoft.CodeAnalysis.Compilation compilation = CSharpScript.Create("int n = 0; while (true) { n++; }\nn", options).GetCompilation();
        using var image = new MemoryStream();
        using var pdb = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image, pdb, options: new Microsoft.CodeAnalysis.Emit.EmitOptions(debugInformationFormat: Microsoft.CodeAnalysis.Emit.DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));

        WovenAssembly woven = Woven.MakeWeaver().Weave(image.ToArray(), pdb.ToArray());

        TestHooks.Reset();
        using var wovenImage = new MemoryStream(woven.Assembly);
        using var wovenPdb = new MemoryStream(woven.Symbols!);
        Assembly loaded = new AssemblyLoadContext(null).LoadFromStream(wovenImage, wovenPdb);
        Microsoft.CodeAnalysis.IMethodSymbol entry = compilation.GetEntryPoint(CancellationToken.None)!;
        MethodInfo factory = loaded.GetType(entry.ContainingType.MetadataName)!.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        var instances = new object?[] { null, null };
        Task task = Task.Run(() => (Task<object>)factory.Invoke(null, [instances])!);
        FieldInfo counted = loaded.GetType(entry.ContainingType.MetadataName)!.GetField("n")!;
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref instances[1]) is { } instance && (int)counted.GetValue(instance)! > 0, TimeSpan.FromMinutes(1)));
        TestHooks.Trip();

        KeyboardInterruptException exception = await Assert.ThrowsAsync<KeyboardInterruptException>(() => task);
        StackFrame frame = new StackTrace(exception, fNeedFileInfo: true).GetFrames().First(f => f.GetMethod()?.Name != "Poll" && f.GetFileLineNumber() > 0);
        Assert.Equal(("script.csx", 1), (Path.GetFileName(frame.GetFileName()), frame.GetFileLineNumber()));
    }

    [Fact]
    public void A_woven_Cecil_compiles_whole_and_works()
    {
        Assembly woven = LoadWoven(typeof(Mono.Cecil.ModuleDefinition).Assembly.Location, Path.ChangeExtension(typeof(Mono.Cecil.ModuleDefinition).Assembly.Location, ".pdb"));
        Assert.NotEqual(0, Prepare(woven));

        dynamic module = woven.GetType("Mono.Cecil.ModuleDefinition")!.GetMethod("ReadModule", [typeof(string)])!.Invoke(null, [typeof(ImageTests).Assembly.Location])!;
        using var copy = new MemoryStream();
        module.Write((Stream)copy);
        using var reader = new PEReader(new MemoryStream(copy.ToArray()));
        using var original = new PEReader(File.OpenRead(typeof(ImageTests).Assembly.Location));
        Assert.Equal(original.GetMetadataReader().MethodDefinitions.Count, reader.GetMetadataReader().MethodDefinitions.Count);
    }

    [Theory]
    [InlineData("Microsoft.CodeAnalysis.CSharp.dll")]
    [InlineData("FSharp.Core.dll")]
    [InlineData("xunit.assert.dll")]
    public void A_big_assembly_compiles_whole(string name) =>
        Assert.NotEqual(0, Prepare(LoadWoven(Path.Combine(AppContext.BaseDirectory, name), null)));

    [Theory]
    [InlineData("System.Linq.dll")]
    [InlineData("System.Text.Json.dll")]
    public void The_IL_of_a_precompiled_assembly_is_woven(string name)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name));
        using (var before = new PEReader(new MemoryStream(original)))
        {
            Assert.NotEqual(0, before.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        }

        WovenAssembly woven = Woven.MakeWeaver().Weave(original, null);

        using var image = new PEReader(new MemoryStream(woven.Assembly));
        Assert.Equal(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        Assert.True(image.PEHeaders.CorHeader.Flags.HasFlag(CorFlags.ILOnly));
        using var stream = new MemoryStream(woven.Assembly);
        Assert.NotEqual(0, Prepare(new AssemblyLoadContext(null).LoadFromStream(stream)));
    }

    private static Assembly LoadWoven(string path, string? symbols)
    {
        TestHooks.Reset();
        WovenAssembly woven = Woven.MakeWeaver().Weave(File.ReadAllBytes(path), File.Exists(symbols) ? File.ReadAllBytes(symbols) : null);
        using var image = new MemoryStream(woven.Assembly);
        return new AssemblyLoadContext(null).LoadFromStream(image);
    }

    // Every method that can be compiled without type arguments; InvalidProgramException is what bad IL gives.
    private static int Prepare(Assembly assembly)
    {
        int prepared = 0;
        Type[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            types = [.. e.Types.OfType<Type>()];
        }

        foreach (Type type in types.Where(t => !t.ContainsGenericParameters))
        {
            const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            {
                if (!method.IsAbstract && !method.ContainsGenericParameters && method.GetMethodBody() is not null)
                {
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
                    prepared++;
                }
            }
        }

        return prepared;
    }
}
