namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Rewrites compiled .NET code so that it can be interrupted.</summary>
internal interface IWeaver
{
    /// <summary>Weaves one assembly. Thread-safe.</summary>
    /// <param name="assembly">The PE image.</param>
    /// <param name="symbols">Its portable PDB, or <see langword="null"/>.</param>
    /// <returns>The woven image and its PDB (null when there was none).</returns>
    /// <exception cref="BadImageFormatException">The image is not a .NET assembly.</exception>
    WovenAssembly Weave(byte[] assembly, byte[]? symbols);
}
