using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

/// <summary>Compiles libraries that never heard of interrupts.</summary>
internal static class TestLibrary
{
    public static string Compile(string folder, string name, string code, params string[] references)
    {
        string runtime = System.IO.Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string path = System.IO.Path.Combine(folder, name + ".dll");
        using FileStream image = System.IO.File.Create(path);
        using FileStream symbols = System.IO.File.Create(System.IO.Path.ChangeExtension(path, ".pdb"));
        EmitResult result = CSharpCompilation.Create(
                name,
                [CSharpSyntaxTree.ParseText(code, path: System.IO.Path.Combine(folder, name + ".cs"), encoding: System.Text.Encoding.UTF8)],
                [.. references.Concat([System.IO.Path.Combine(runtime, "System.Runtime.dll"), typeof(object).Assembly.Location])
                    .Select(r => MetadataReference.CreateFromFile(r))],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release))
            .Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }
}
