using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>A program that compiled and is loaded.</summary>
/// <param name="Compilation">What it was compiled as.</param>
/// <param name="Tree">The program itself, without what it loads.</param>
/// <param name="Declares">Whether later runs can see something of it, so that it joins the chain.</param>
/// <param name="Start">Makes its instance, puts that into the array at its slot, and runs it; <see langword="null"/> when there is nothing to run.</param>
internal sealed record Submission(CSharpCompilation Compilation, SyntaxTree Tree, bool Declares, Func<object?[], Task<object?>>? Start)
{
    /// <summary>Whether a null result is a value, not the absence of one: the program ends in an expression that is not void, or returns.</summary>
    public bool HasValue()
    {
        CompilationUnitSyntax root = Tree.GetCompilationUnitRoot();
        if (root.DescendantNodes(static n => n is GlobalStatementSyntax or StatementSyntax or CompilationUnitSyntax)
            .Any(static n => n.IsKind(SyntaxKind.ReturnStatement)))
        {
            return true;
        }

        return root.Members.LastOrDefault(static m => m is GlobalStatementSyntax) is GlobalStatementSyntax
        {
            Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last,
        } && Compilation.GetSemanticModel(Tree).GetTypeInfo(last.Expression).ConvertedType?.SpecialType != SpecialType.System_Void;
    }
}
