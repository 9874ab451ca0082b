namespace ProcInterrupt.Cli.Repl;

/// <summary>What a directive asks for.</summary>
internal enum DirectiveKind
{
    Help,

    /// <summary>Forget the session.</summary>
    Reset,

    /// <summary>Go on in another language, or list them.</summary>
    Engine,

    Exit,

    /// <summary>Neither the REPL's nor the language's.</summary>
    Unknown,
}
