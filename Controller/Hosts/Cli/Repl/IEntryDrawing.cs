namespace ProcInterrupt.Cli.Repl;

/// <summary>An entry on the screen. Called under the screen's lock.</summary>
internal interface IEntryDrawing
{
    /// <summary>Takes it off the screen; the cursor is where it began.</summary>
    void Erase();

    /// <summary>Draws it as it is now.</summary>
    void Draw();
}
