using System.Runtime.InteropServices;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>A run of instructions that control enters and leaves only in the ways of one block of an exception clause.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Region(ExceptionHandler? Clause, RegionPart Part)
{
    public static readonly Region Method = new(null, RegionPart.Method);

    /// <summary>The first instruction; null for the method.</summary>
    public Instruction? Start => Part switch
    {
        RegionPart.Try => Clause!.TryStart,
        RegionPart.Filter => Clause!.FilterStart,
        RegionPart.Handler => Clause!.HandlerStart,
        _ => null,
    };

    /// <summary>The first instruction after the region; null when it reaches to the method's end.</summary>
    public Instruction? End => Part switch
    {
        RegionPart.Try => Clause!.TryEnd,
        RegionPart.Filter => Clause!.HandlerStart,
        RegionPart.Handler => Clause!.HandlerEnd,
        _ => null,
    };
}
