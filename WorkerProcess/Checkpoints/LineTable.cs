using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Keeps a method's sequence points right while code is inserted.</summary>
internal sealed class LineTable
{
    private readonly MethodDebugInformation? information;
    private readonly Dictionary<Instruction, SequencePoint>? points;
    private Dictionary<Instruction, Instruction>? placeOf;

    public LineTable(MethodDefinition method)
    {
        if (!method.Module.HasSymbols || method.DebugInformation is not { HasSequencePoints: true } found)
        {
            return;
        }

        information = found;
        points = new Dictionary<Instruction, SequencePoint>(found.SequencePoints.Count);
        int next = 0;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            while (next < found.SequencePoints.Count && found.SequencePoints[next].Offset < instruction.Offset)
            {
                next++;
            }

            if (next < found.SequencePoints.Count && found.SequencePoints[next].Offset == instruction.Offset)
            {
                points[instruction] = found.SequencePoints[next++];
            }
        }
    }

    public void Same(Instruction code, Instruction place)
    {
        if (points is not null)
        {
            (placeOf ??= [])[code] = place;
        }
    }

    public void Commit(IList<Instruction> code)
    {
        if (information is null || points is null)
        {
            return;
        }

        information.SequencePoints.Clear();
        foreach (Instruction instruction in code)
        {
            if (points.TryGetValue(instruction, out SequencePoint? own))
            {
                information.SequencePoints.Add(own);
            }
            else if (placeOf is not null && placeOf.TryGetValue(instruction, out Instruction? place) && LineOf(place) is { } line)
            {
                information.SequencePoints.Add(Copy(instruction, line));
            }
        }
    }

    private static SequencePoint Copy(Instruction instruction, SequencePoint line) => new(instruction, line.Document)
    {
        StartLine = line.StartLine,
        StartColumn = line.StartColumn,
        EndLine = line.EndLine,
        EndColumn = line.EndColumn,
    };

    private SequencePoint? LineOf(Instruction place)
    {
        for (Instruction? at = place; at is not null; at = at.Previous)
        {
            if (points!.TryGetValue(at, out SequencePoint? point) && !point.IsHidden)
            {
                return point;
            }
        }

        for (Instruction? at = place; at is not null; at = at.Next)
        {
            if (points!.TryGetValue(at, out SequencePoint? point) && !point.IsHidden)
            {
                return point;
            }
        }

        return null;
    }
}
