using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using ProcInterrupt.WorkerProcess.Checkpoints;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>C# compiled for a test: a library whose entry is <c>public static object? P.Run()</c>, or a script.</summary>
internal sealed class Snippet
{
    private const string Usings = """
        global using System; global using System.Collections; global using System.Collections.Generic; global using System.Linq; global using System.Text;
        global using System.Threading; global using System.Threading.Tasks; global using System.Runtime.CompilerServices; global using ProcInterrupt;
        global using ProcInterrupt.Tests.WorkerProcess.Checkpoints;
        """;

    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => !p.Contains("xunit", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p))]);

    private Snippet(byte[] assembly, byte[] symbols)
    {
        Assembly = assembly;
        Symbols = symbols;
    }

    public byte[] Assembly { get; }

    public byte[] Symbols { get; }

    /// <summary>Members of a static class P, or whole types when the text has a class P of its own.</summary>
    public static Snippet Compile(string source, bool release = true)
    {
        string text = source.Contains("class P", StringComparison.Ordinal) ? source : $"public static class P {{\n{source}\n}}";
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: release ? OptimizationLevel.Release : OptimizationLevel.Debug,
            allowUnsafe: true,
            metadataImportOptions: MetadataImportOptions.Public);
        var parse = new CSharpParseOptions(LanguageVersion.Latest);
        return Emit(CSharpCompilation.Create(
            $"Snippet{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), parse, "snippet.cs"), CSharpSyntaxTree.ParseText(Usings, parse, encoding: System.Text.Encoding.UTF8)],
            References.Value,
            options));
    }

    /// <summary>One body of Run.</summary>
    public static Snippet Body(string body, bool release = true) => Compile($"public static object? Run() {{\n{body}\n}}", release);

    private static Snippet Emit(Compilation compilation)
    {
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return new Snippet(assembly.ToArray(), symbols.ToArray());
    }

    public Func<object?> LoadPlain() => Load(Assembly, Symbols);

    public Func<object?> LoadWoven(ReplacementTable? replacements = null)
    {
        WovenAssembly woven = Weave(replacements);
        return Load(woven.Assembly, woven.Symbols);
    }

    public WovenAssembly Weave(ReplacementTable? replacements = null) => Woven.MakeWeaver(replacements).Weave(Assembly, Symbols);

    private static Func<object?> Load(byte[] assembly, byte[]? symbols)
    {
        var context = new AssemblyLoadContext(null);
        using var image = new MemoryStream(assembly);
        using MemoryStream? pdb = symbols is null ? null : new MemoryStream(symbols);
        Assembly loaded = context.LoadFromStream(image, pdb);
        return loaded.GetType("P", throwOnError: true)!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<object?>>();
    }
}
