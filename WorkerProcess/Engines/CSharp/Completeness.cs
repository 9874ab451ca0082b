using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Whether a program can be run as it is, from its syntax alone.</summary>
internal static class Completeness
{
    private const int IndentSize = 4;

    private const string NewlineInString = "CS1010";
    private const string UnterminatedComment = "CS1035";
    private const string UnterminatedString = "CS1039";
    private const string NotAMember = "CS7017";
    private const string UnterminatedRawString = "CS8997";

    /// <summary>What the syntax says.</summary>
    /// <exception cref="InsufficientExecutionStackException">The program is nested too deeply.</exception>
    public static CodeCompleteness Of(SyntaxTree tree)
    {
        CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
        Diagnostic[] errors = [.. tree.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error)];
        if (errors.Length == 0)
        {
            return new CodeCompleteness(CodeStatus.Complete, MayContinue: root.Members.LastOrDefault() is GlobalStatementSyntax last && EndsInIf(last.Statement));
        }

        // "else" and ".Where(...)" cannot begin a program; a bracket too many and a string that its line does not end stay wrong.
        if (root.GetFirstToken(includeZeroWidth: true).IsMissing || errors.Any(e => e.Id is NewlineInString or NotAMember || IsOfPlainInterpolation(e, root)))
        {
            return new CodeCompleteness(CodeStatus.Invalid);
        }

        if (errors.Any(static e => e.Id is UnterminatedComment or UnterminatedString or UnterminatedRawString))
        {
            // The white space of an indent would become part of the text.
            return new CodeCompleteness(CodeStatus.Incomplete);
        }

        return SyntaxFactory.IsCompleteSubmission(tree)
            ? new CodeCompleteness(CodeStatus.Invalid)
            : new CodeCompleteness(CodeStatus.Incomplete, Indent(tree, root));
    }

    /// <summary>An interpolated string that is not verbatim ends with its line; the compiler's error is the verbatim one's.</summary>
    private static bool IsOfPlainInterpolation(Diagnostic error, CompilationUnitSyntax root) =>
        error.Id == UnterminatedString
        && root.FindToken(error.Location.SourceSpan.Start).Parent?.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is { } text
        && text.StringStartToken.IsKind(SyntaxKind.InterpolatedStringStartToken);

    private static bool EndsInIf(StatementSyntax statement) => statement switch
    {
        IfStatementSyntax { Else: null } => true,
        IfStatementSyntax { Else: { } otherwise } => EndsInIf(otherwise.Statement),
        WhileStatementSyntax loop => EndsInIf(loop.Statement),
        ForStatementSyntax loop => EndsInIf(loop.Statement),
        CommonForEachStatementSyntax loop => EndsInIf(loop.Statement),
        UsingStatementSyntax block => EndsInIf(block.Statement),
        LockStatementSyntax block => EndsInIf(block.Statement),
        FixedStatementSyntax block => EndsInIf(block.Statement),
        LabeledStatementSyntax labeled => EndsInIf(labeled.Statement),
        _ => false,
    };

    /// <summary>One step deeper than the line that holds the innermost bracket that is open.</summary>
    private static string Indent(SyntaxTree tree, CompilationUnitSyntax root)
    {
        SyntaxToken innermost = default;
        for (SyntaxNode? node = root.GetLastToken().Parent; node is not null && innermost.IsKind(SyntaxKind.None); node = node.Parent)
        {
            foreach (SyntaxToken token in node.ChildTokens().Where(static t => !t.IsMissing))
            {
                innermost = token.Kind() switch
                {
                    SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken => token,
                    SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken => default,
                    _ => innermost,
                };
            }
        }

        if (innermost.IsKind(SyntaxKind.None))
        {
            return "";
        }

        string line = tree.GetText().Lines.GetLineFromPosition(innermost.SpanStart).ToString();
        int deep = line.Length - line.AsSpan().TrimStart(" \t").Length;
        string indent = line[..deep] + new string(' ', IndentSize);
        return indent.Length <= Messages.ProtocolConstants.MaxIndent ? indent : "";
    }
}
