using System.Runtime.InteropServices;
using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What a method does when it is entered.</summary>
/// <param name="Check">A checkpoint.</param>
/// <param name="Guard">The recursion guard.</param>
/// <param name="FrameBytes">What the guard asks for beyond the headroom.</param>
/// <param name="GuardLocallocs">Each <c>localloc</c> asks for itself.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPlan(bool Check, bool Guard, int FrameBytes, bool GuardLocallocs)
{
    public bool IsNothing => !Check && !Guard && !GuardLocallocs;

    public static EntryPlan For(MethodFacts facts)
    {
        MethodDefinition method = facts.Method;
        if (StateMachines.IsAsync(method.DeclaringType) && method.Name != "MoveNextAsync")
        {
            // An exception on resumption would skip the user's clean-up; the method that starts the machine checks instead.
            // The other methods of async iterators are called by the runtime.
            return new EntryPlan(false, false, 0, facts.HasLocalloc);
        }

        int frame = FrameSize.Estimate(method);
        bool guard = facts.CallsUnknown || facts.IsInCycle || frame > FrameSize.Large;
        return new EntryPlan(NeedsCheck(facts), guard, frame > FrameSize.Large ? frame : 0, facts.HasLocalloc);
    }

    private static bool NeedsCheck(MethodFacts facts)
    {
        return facts.IsLeaf ? LeafNeedsCheck(facts) : facts.CallsUnknown || facts.Callees.Exists(c => !c.IsLeaf);
    }

    /// <summary>Whether loops elsewhere may consist of nothing but calls to a leaf.</summary>
    public static bool LeafNeedsCheck(MethodFacts facts)
    {
        MethodDefinition method = facts.Method;
        if (CleanupRegions.KindOf(method) != CleanupKind.None || StateMachines.IsAsync(method.DeclaringType))
        {
            return false;
        }

        return facts.IsAddressTaken
            || (method.IsVirtual && !method.IsGetter && !method.IsSetter)
            || (!method.IsSpecialName && IsVisibleOutside(method));
    }

    private static bool IsVisibleOutside(MethodDefinition method)
    {
        if (!(method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly))
        {
            return false;
        }

        for (TypeDefinition? type = method.DeclaringType; type is not null; type = type.DeclaringType)
        {
            if (!(type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly))
            {
                return false;
            }
        }

        return true;
    }
}
