using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>What lives from run to run: the chain of submissions that declared something, their instances, and their assemblies.</summary>
/// <remarks>
/// A submission joins the chain when it declares something, so a run that only computes leaves nothing behind and the
/// 3,000th compiles as fast as the 10th. Such runs share one compilation but for the syntax tree, which spares the
/// binding of the framework's references, and are loaded into a context that can be collected.
/// </remarks>
internal sealed class CSharpSession
{
    private static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    private static readonly EmitOptions EmitOptions = new(debugInformationFormat: DebugInformationFormat.PortablePdb);

    private static readonly ImmutableArray<string> Usings =
    [
        "System", "System.IO", "System.Linq", "System.Text", "System.Collections.Generic", "System.Threading",
        "System.Threading.Tasks", "System.Diagnostics", "ProcInterrupt",
    ];

    private readonly IWeaver weaver;
    private readonly SessionLoadContext context;
    private readonly ReferenceResolver references;

    // Slot 0 is a host object's in Roslyn's layout, and empty here. There is always room for one more.
    private object?[] instances = new object?[16];
    private int slots;
    private int links;
    private int names;
    private CSharpCompilation? last;
    private CSharpCompilation next;
    private SyntaxTree nextTree;

    public CSharpSession(IWeaver weaver)
    {
        this.weaver = weaver;
        var store = new AssemblyStore();
        context = new SessionLoadContext(weaver, store);
        references = new ReferenceResolver(store);
        (next, nextTree) = CreateNext();
    }

    /// <summary>How many submissions later ones are compiled against.</summary>
    public int ChainLength => links;

    /// <summary>Compiles, weaves and loads a program. Changes nothing in the session but what <c>#r</c> read.</summary>
    /// <param name="code">The program.</param>
    /// <param name="path">What errors and tracebacks call it.</param>
    /// <param name="firstLine">The number of its first line there.</param>
    /// <param name="error">What the compiler said, when the answer is <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the compilation.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Submission? Prepare(string code, string path, int firstLine, out RunError? error, CancellationToken cancellationToken)
    {
        error = Nesting.Check(code, firstLine);
        if (error is not null)
        {
            return null;
        }

        // The compiler's own way to say where lines come from: its messages and the debug information follow it.
        string text = firstLine == 1 ? code : string.Create(CultureInfo.InvariantCulture, $"#line {firstLine}\n{code}");
        SyntaxTree tree = Parse(text, path, cancellationToken);
        CSharpCompilation compilation = next.ReplaceSyntaxTree(nextTree, tree);
        if (!HasCode(compilation))
        {
            error = CompilationErrors.Of(compilation.GetDiagnostics(cancellationToken));
            return error is null ? new Submission(compilation, tree, HasImports(compilation, tree), Start: null) : null;
        }

        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult emitted = compilation.Emit(image, symbols, options: EmitOptions, cancellationToken: cancellationToken);
        error = emitted.Success ? null : CompilationErrors.Of(emitted.Diagnostics);
        if (error is not null)
        {
            return null;
        }

        bool declares = HasImports(compilation, tree) || compilation.ScriptClass!.GetMembers().Any(static m => !m.IsImplicitlyDeclared);
        WovenAssembly woven = weaver.Weave(image.ToArray(), symbols.ToArray());
        if (!declares && RunOnce.IsStraight(tree.GetCompilationUnitRoot(cancellationToken)))
        {
            RunOnce.Mark(woven.Assembly);
        }

        try
        {
            Assembly assembly = declares ? context.LoadSubmission(woven) : woven.Load(new TransientLoadContext(context));
            IMethodSymbol factory = compilation.GetEntryPoint(CancellationToken.None)!;
            Type instance = assembly.GetType(factory.ContainingType.MetadataName, throwOnError: true)!;
            return new Submission(compilation, tree, declares, SubmissionStart.Of(instance, factory.MetadataName));
        }
        catch when (declares)
        {
            // Types that the runtime refuses, say. The name is used up by then.
            (next, nextTree) = CreateNext();
            throw;
        }
    }

    /// <summary>The syntax of a program.</summary>
    public static SyntaxTree Parse(string code, string path = "", CancellationToken cancellationToken = default) =>
        Parse(SourceText.From(code, Encoding.UTF8), path, cancellationToken);

    /// <summary>The same of a text that can be changed.</summary>
    public static SyntaxTree Parse(SourceText text, string path = "", CancellationToken cancellationToken = default) =>
        CSharpSyntaxTree.ParseText(text, ParseOptions, path, cancellationToken);

    /// <summary>What can stand at a place in a program that would be compiled next. Changes nothing in the session but what <c>#r</c> read.</summary>
    public Completions Complete(string code, int position)
    {
        SyntaxTree tree = Parse(code);
        return Completion.At(next.ReplaceSyntaxTree(nextTree, tree), tree, code, position);
    }

    /// <summary>Makes the submission's instance and runs it up to its first wait; that is user code.</summary>
    public Task<object?> Start(Submission submission) => submission.Start!(instances);

    /// <summary>The submission is over, however it ended: what it declared can be used from now on, with the values assigned so far.</summary>
    public void Add(Submission submission)
    {
        bool began = instances[slots + 1] is not null;
        if (!submission.Declares)
        {
            instances[slots + 1] = null;
            return;
        }

        // Interrupted before its instance existed, its names would have nothing behind them: it only used up its own name.
        if (began || submission.Start is null)
        {
            links++;
            last = submission.Compilation;
            if (began && ++slots + 1 == instances.Length)
            {
                Array.Resize(ref instances, instances.Length * 2);
            }
        }

        (next, nextTree) = CreateNext();
    }

    /// <summary>The submission is over, and what it declared is to be gone, with all that its variables hold.</summary>
    public void Drop(Submission submission)
    {
        instances[slots + 1] = null;
        if (submission.Declares)
        {
            // It used up its own name.
            (next, nextTree) = CreateNext();
        }
    }

    private (CSharpCompilation Compilation, SyntaxTree Tree) CreateNext()
    {
        SyntaxTree tree = Parse("");
        string name = $"Submission#{++names}";
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: name,
            usings: Usings,
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            concurrentBuild: false,
            sourceReferenceResolver: SourceResolver.Instance,
            metadataReferenceResolver: references,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        return (CSharpCompilation.CreateScriptCompilation(
            name, tree, last is null ? FrameworkReferences.Defaults : null, options, last, typeof(object)), tree);
    }

    private static bool HasCode(CSharpCompilation compilation) =>
        compilation.SyntaxTrees.Any(static t => t.GetCompilationUnitRoot().Members.Count > 0);

    // The usings of a loaded file are its own; its references are everybody's.
    private static bool HasImports(CSharpCompilation compilation, SyntaxTree tree)
    {
        CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
        return root.Usings.Count > 0 || root.Externs.Count > 0
            || compilation.SyntaxTrees.Any(static t => t.GetCompilationUnitRoot() is { ContainsDirectives: true } r && r.GetReferenceDirectives().Count > 0);
    }
}
