using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Finds the names that can stand at a place in a program: what is in scope, what a dot leads to, keywords.</summary>
internal sealed class Completion
{
    private static readonly string[] Keywords =
    [
        .. SyntaxFacts.GetReservedKeywordKinds().Select(SyntaxFacts.GetText), "async", "await", "dynamic", "nameof", "record", "var", "when", "where", "with", "yield",
    ];

    private readonly SemanticModel model;
    private readonly CompilationUnitSyntax root;
    private readonly string code;
    private readonly int position;

    private Completion(SemanticModel model, CompilationUnitSyntax root, string code, int position)
    {
        this.model = model;
        this.root = root;
        this.code = code;
        this.position = position;
    }

    /// <summary>The names that fit at a position.</summary>
    /// <param name="compilation">The program, compiled against its session.</param>
    /// <param name="tree">The program.</param>
    /// <param name="code">Its text.</param>
    /// <param name="position">Within the text.</param>
    public static Completions At(CSharpCompilation compilation, SyntaxTree tree, string code, int position)
    {
        int start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[start - 1]))
        {
            start--;
        }

        CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
        if ((start < position && !SyntaxFacts.IsIdentifierStartCharacter(code[start])) || IsInsideText(root, start))
        {
            return new Completions(position, position, []);
        }

        var completion = new Completion(compilation.GetSemanticModel(tree), root, code, start);
        return new Completions(start, position, Matching(completion.Names(isPrefixEmpty: start == position), code[start..position]));
    }

    /// <summary>Those that begin as typed; if there is none, those that do so in another case.</summary>
    private static string[] Matching(IEnumerable<string> names, string prefix)
    {
        string[] all = [.. names.Where(name => Begins(name, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] exact = [.. all.Where(name => Begins(name, StringComparison.Ordinal))];
        return exact.Length > 0 ? exact : all;

        bool Begins(string name, StringComparison how) => name.AsSpan().TrimStart('@').StartsWith(prefix, how);
    }

    private static bool IsInsideText(CompilationUnitSyntax root, int start)
    {
        if (start == 0)
        {
            return false;
        }

        SyntaxTrivia trivia = root.FindTrivia(start - 1, findInsideTrivia: false);
        if (trivia.FullSpan.Contains(start - 1) && !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia)
            && !trivia.IsKind(SyntaxKind.SkippedTokensTrivia))
        {
            return true; // a comment, a directive, disabled code
        }

        SyntaxToken token = root.FindToken(start - 1);
        return token.Span.Contains(start - 1) && token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken
            or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken
            or SyntaxKind.NumericLiteralToken;
    }

    private IEnumerable<string> Names(bool isPrefixEmpty)
    {
        SyntaxToken before = position == 0 ? default : TokenBefore();
        if (before.Kind() is SyntaxKind.DotToken or SyntaxKind.MinusGreaterThanToken or SyntaxKind.ColonColonToken)
        {
            return Left(before) is { } left ? Members(left, before).Where(IsUsable).Select(Name) : [];
        }

        IEnumerable<ISymbol> symbols = model.LookupSymbols(position).Where(IsUsable);
        return isPrefixEmpty
            ? symbols.Where(static s => s is not INamespaceOrTypeSymbol).Select(Name)
            : symbols.Select(Name).Concat(Keywords);
    }

    private SyntaxToken TokenBefore()
    {
        int at = position - 1;
        while (at > 0 && char.IsWhiteSpace(code[at]))
        {
            at--;
        }

        return root.FindToken(at);
    }

    /// <summary>The expression or name on the left of a dot.</summary>
    private static ExpressionSyntax? Left(SyntaxToken dot) => dot.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression,
        QualifiedNameSyntax name => name.Left,
        AliasQualifiedNameSyntax name => name.Alias,
        MemberBindingExpressionSyntax binding => binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault()?.Expression,
        _ => null,
    };

    private IEnumerable<ISymbol> Members(ExpressionSyntax left, SyntaxToken dot)
    {
        ISymbol? symbol = model.GetSymbolInfo(left).Symbol;
        ITypeSymbol? type = model.GetTypeInfo(left).Type;
        if (left.Parent is QualifiedNameSyntax && symbol is null)
        {
            // Without what follows, the parser takes "text.Length" for the name of a type.
            ExpressionSyntax expression = SyntaxFactory.ParseExpression(left.ToString());
            symbol = model.GetSpeculativeSymbolInfo(left.SpanStart, expression, SpeculativeBindingOption.BindAsExpression).Symbol;
            type = model.GetSpeculativeTypeInfo(left.SpanStart, expression, SpeculativeBindingOption.BindAsExpression).Type;
        }

        if (symbol is IAliasSymbol alias)
        {
            symbol = alias.Target;
        }

        if (symbol is INamespaceSymbol space)
        {
            return model.LookupNamespacesAndTypes(position, space);
        }

        if (symbol is ITypeSymbol named)
        {
            return model.LookupStaticMembers(position, named);
        }

        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && dot.Parent is MemberBindingExpressionSyntax)
        {
            type = nullable.TypeArguments[0];
        }

        if (type is IPointerTypeSymbol pointer)
        {
            type = pointer.PointedAtType;
        }

        return type is null or IErrorTypeSymbol ? [] : model.LookupSymbols(position, type, includeReducedExtensionMethods: true).Where(static s => !s.IsStatic || s is IMethodSymbol { ReducedFrom: not null });
    }

    private static bool IsUsable(ISymbol symbol) => symbol.CanBeReferencedByName && symbol.Name is [not '<', ..];

    private static string Name(ISymbol symbol) =>
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name;
}
