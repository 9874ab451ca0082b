using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>The syntax of code that is asked about again each time it has a line more: only what was added is parsed.</summary>
/// <remarks>A class of 3,000 lines is asked about 3,000 times on its way into a session.</remarks>
internal sealed class GrowingSyntax
{
    private string code = "";
    private SourceText text = SourceText.From("", Encoding.UTF8);
    private SyntaxTree tree = CSharpSession.Parse("");

    /// <summary>The syntax of the code.</summary>
    public SyntaxTree Of(string newCode)
    {
        if (code.Length > 0 && newCode.StartsWith(code, StringComparison.Ordinal))
        {
            text = text.WithChanges(new TextChange(new TextSpan(code.Length, 0), newCode[code.Length..]));
            tree = tree.WithChangedText(text);
        }
        else
        {
            text = SourceText.From(newCode, Encoding.UTF8);
            tree = CSharpSession.Parse(text);
        }

        code = newCode;
        return tree;
    }
}
