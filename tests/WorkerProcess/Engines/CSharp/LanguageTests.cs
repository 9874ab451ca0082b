using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

public sealed class LanguageTests : CSharpSessionFixture
{
    [Fact]
    public void Dynamic_code_runs()
    {
        Ok("dynamic d = new System.Dynamic.ExpandoObject(); d.N = 41;");
        Assert.Equal("42", Text("d.N + 1"));
    }

    [Fact]
    public void Unsafe_code_and_spans_run_in_blocks_and_methods()
    {
        Assert.Equal("6", Text("int Sum() { Span<int> s = stackalloc int[3] { 1, 2, 3 }; int t = 0; foreach (int n in s) t += n; return t; } Sum()"));
        Ok("int seen = 0; unsafe { int local = 5; int* p = &local; seen = *p; }");
        Assert.Equal("5", Text("seen"));
        Ok("{ Span<byte> b = stackalloc byte[2]; b[1] = 9; seen = b[1]; }");
        Assert.Equal("9", Text("seen"));
    }

    [Fact]
    public void The_default_usings_are_there()
    {
        Assert.Equal("true", Text(
            "new StringBuilder().Length == 0 && Path.Combine(\"a\", \"b\").Length == 3 && new[] { 1 }.Any() && Thread.CurrentThread != null"
            + " && Task.CompletedTask.IsCompleted && Stopwatch.StartNew() != null && (int)Signal.Interrupt == 2 && new List<int>().Count == 0"));
    }

    [Theory]
    [InlineData("typeof(System.Net.Http.HttpClient)")]
    [InlineData("typeof(System.Text.Json.JsonSerializer)")]
    [InlineData("typeof(System.Xml.Linq.XElement)")]
    [InlineData("typeof(System.Collections.Immutable.ImmutableArray<int>)")]
    [InlineData("typeof(System.Security.Cryptography.SHA256)")]
    [InlineData("typeof(System.Net.Sockets.Socket)")]
    [InlineData("typeof(System.IO.Pipes.PipeStream)")]
    [InlineData("typeof(Microsoft.CSharp.RuntimeBinder.Binder)")]
    [InlineData("typeof(System.Threading.Channels.Channel)")]
    [InlineData("typeof(System.Data.DataTable)")]
    [InlineData("typeof(Microsoft.Win32.Registry)")]
    [InlineData("typeof(Microsoft.VisualBasic.Strings)")]
    public void Framework_types_can_be_named(string code) => Assert.NotNull(Text(code));

    [Fact]
    public void Every_public_framework_type_can_be_named()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var names = new List<string>();
        foreach (string path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == folder))
        {
            System.Reflection.Assembly assembly = System.Reflection.Assembly.Load(Path.GetFileNameWithoutExtension(path));
            names.AddRange(assembly.GetExportedTypes()
                .Where(t => t is { IsNested: false, Namespace: not null, IsPublic: true } && t != typeof(void))
                .Select(t => "global::" + t.FullName!.Split('`')[0] + (t.IsGenericType ? $"<{new string(',', t.GetGenericArguments().Length - 1)}>" : "")));
        }

        Assert.True(names.Count > 2000);
        string[] unknown = [.. Error(string.Concat(names.Distinct().Select(n => $"_ = typeof({n});\n")) + "Missing")
            .Message.Split('\n').Where(l => !l.Contains("'Missing'", StringComparison.Ordinal)
                && !l.Contains("error SYSLIB", StringComparison.Ordinal) && !l.Contains("error CS0619", StringComparison.Ordinal))]; // experimental, obsolete
        Assert.Empty(unknown);
    }

    [Fact]
    public void A_referenced_assembly_is_woven_loaded_and_kept_with_what_stands_beside_it()
    {
        string inner = TestLibrary.Compile(Folder, "Inner", "public class Inner { public int N = 20; }");
        TestLibrary.Compile(Folder, "Outer", "public class Outer : Inner { public int Twice() => 2 * N; }", inner);
        int before = Weaver.Count;
        Ok($"#r \"{Folder}/Outer.dll\"");
        Assert.Equal("42", Text("new Outer().Twice() + 2"));
        Assert.Equal(3, Weaver.Count - before);
        Assert.Equal("20", Text("new Outer().N"));
    }

    [Fact]
    public void A_reference_is_found_relative_to_the_file_that_names_it()
    {
        TestLibrary.Compile(Folder, "Near", "public static class Near { public static int N => 7; }");
        EngineResultOf("#r \"Near.dll\"\nNear.N", Path.Combine(Folder, "main.csx"), "7");
    }

    [Fact]
    public void A_framework_assembly_can_be_referred_to_by_name()
    {
        Assert.Equal("1", Text("#r \"System.Runtime\"\n#r \"System.Xml.Linq.dll\"\n1"));
    }

    [Fact]
    public void A_loaded_file_declares_for_the_session_and_is_found_relative_to_the_file_that_names_it()
    {
        Write("lib.csx", "int Triple(int n) => 3 * n; var loadedAt = 5;");
        Ok($"#load \"{Folder}/lib.csx\"");
        Assert.Equal("15", Text("Triple(loadedAt)"));
        Engine.Reset();
        EngineResultOf("#load \"lib.csx\"\nTriple(2)", Path.Combine(Folder, "main.csx"), "6");
    }

    [Fact]
    public void An_error_in_a_loaded_file_names_the_file()
    {
        string path = Write("broken.csx", "int a = 1;\nint b = \"x\";");
        Assert.StartsWith($"{path}(2,9): error CS0029:", Error($"#load \"{path}\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_packages_are_clear_errors()
    {
        Assert.Contains("(1,1): error CS0006", Error("#r \"/no/such.dll\"").Message, StringComparison.Ordinal);
        Assert.Contains("error CS1504", Error("#load \"/no/such.csx\"").Message, StringComparison.Ordinal);
        Assert.Contains("not supported yet", Error("#r \"nuget: Newtonsoft.Json, 13.0.3\"").Message, StringComparison.Ordinal);
        string text = Write("text.dll", "this is no assembly");
        Assert.Contains("error CS0009", Error($"#r \"{text}\"").Message, StringComparison.Ordinal);
        Assert.Equal("1", Text("1"));
    }

    private void EngineResultOf(string code, string path, string expected)
    {
        ProcInterrupt.WorkerProcess.Engines.EngineResult result = Execute(code, path);
        Assert.Null(result.Error);
        Assert.Equal(expected, result.Value!.Text);
    }
}
