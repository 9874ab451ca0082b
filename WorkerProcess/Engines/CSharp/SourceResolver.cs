using Microsoft.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Finds what <c>#load</c> names.</summary>
internal sealed class SourceResolver : SourceReferenceResolver
{
    public static SourceResolver Instance { get; } = new();

    public override string? NormalizePath(string path, string? baseFilePath) => path;

    public override string? ResolveReference(string path, string? baseFilePath) => ScriptPaths.Find(path, baseFilePath);

    public override Stream OpenRead(string resolvedPath) => File.OpenRead(resolvedPath);

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => 1;
}
