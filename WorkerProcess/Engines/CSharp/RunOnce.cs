using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Marks a program's top level as not worth optimizing when each of its statements runs at most once.</summary>
/// <remarks>
/// Collectible code is not tiered: the JIT optimizes it at once, which a loop needs and straight code does not repay.
/// Methods and lambdas are methods of their own and stay as they are.
/// </remarks>
internal static class RunOnce
{
    private const string MachineName = "<<Initialize>>d__";

    /// <summary>Whether nothing at the top level can run a second time.</summary>
    public static bool IsStraight(CompilationUnitSyntax program) => !program
        .DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MethodDeclarationSyntax or BaseTypeDeclarationSyntax))
        .Any(static node => node.Kind() is SyntaxKind.ForStatement or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement
            or SyntaxKind.WhileStatement or SyntaxKind.DoStatement or SyntaxKind.GotoStatement or SyntaxKind.GotoCaseStatement
            or SyntaxKind.GotoDefaultStatement or SyntaxKind.SpreadElement);

    /// <summary>Sets <see cref="MethodImplAttributes.NoOptimization"/> on the top level's code, in place.</summary>
    public static void Mark(byte[] assembly)
    {
        using var image = new PEReader(new MemoryStream(assembly, writable: false));
        MetadataReader metadata = image.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if (!type.IsNested || !metadata.GetString(type.Name).StartsWith(MachineName, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (MethodDefinitionHandle method in type.GetMethods())
            {
                if (metadata.StringComparer.Equals(metadata.GetMethodDefinition(method).Name, "MoveNext"))
                {
                    // A row is RVA (4 bytes), ImplFlags (2), and the rest.
                    int row = image.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.MethodDef)
                        + (metadata.GetTableRowSize(TableIndex.MethodDef) * (MetadataTokens.GetRowNumber(method) - 1));
                    Span<byte> flags = assembly.AsSpan(row + sizeof(int), sizeof(ushort));
                    BinaryPrimitives.WriteUInt16LittleEndian(
                        flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | (ushort)MethodImplAttributes.NoOptimization));
                }
            }
        }
    }
}
