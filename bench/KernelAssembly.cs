using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.Bench;

/// <summary>Loads the kernels, woven for a page of this process or as they are.</summary>
internal sealed class KernelAssembly
{
    private readonly Type kernels;

    private KernelAssembly(byte[] image) =>
        kernels = new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(image)).GetType("Kernels", throwOnError: true)!;

    public static (KernelAssembly Plain, KernelAssembly Woven) Load()
    {
        var image = Compile();

        // A page and a stack of our own: nothing is ever pending, as in a run that nobody interrupts.
        var (low, size) = ThreadStack.Measure();
        var weaver = new Weaver(new WeaverOptions(new InterruptPage().View.Address, low, size, typeof(WovenCode), new ReplacementTable(typeof(WovenCode).Assembly)));
        return (new KernelAssembly(image), new KernelAssembly(weaver.Weave(image, null).Assembly));
    }

    public Func<int, T> Kernel<T>(string name) => kernels.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<int, T>>();

    private static byte[] Compile()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = new[] { "System.Runtime.dll", "System.Private.CoreLib.dll" }.Select(name => MetadataReference.CreateFromFile(Path.Combine(framework, name)));
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create(
            "Kernels",
            [CSharpSyntaxTree.ParseText(KernelSource.Text)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release)).Emit(image);
        return result.Success ? image.ToArray() : throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
    }
}
