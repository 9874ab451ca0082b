using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Weaves one module: decides for each method which passes it needs and runs them in order.</summary>
internal sealed class ModuleWeaver
{
    private readonly HookReferences hooks;
    private readonly WeaverOptions options;
    private readonly CallGraph calls;

    public ModuleWeaver(ModuleDefinition module, HookReferences hooks, WeaverOptions options)
    {
        this.hooks = hooks;
        this.options = options;
        calls = new CallGraph(module);
    }

    /// <returns>Whether any method was changed.</returns>
    public bool Weave()
    {
        bool changed = false;
        foreach (MethodFacts method in calls.Methods)
        {
            changed |= Weave(method);
        }

        return changed;
    }

    private bool Weave(MethodFacts facts)
    {
        CleanupKind cleanup = facts.ReachesChecks ? CleanupRegions.KindOf(facts.Method) : CleanupKind.None;
        EntryPlan entry = EntryPlan.For(facts);
        bool hasClauses = facts.Method.Body.HasExceptionHandlers;
        if (!facts.HasLoop && !facts.CallsExit && !hasClauses && cleanup == CleanupKind.None && entry.IsNothing)
        {
            return false;
        }

        var editor = new MethodEditor(facts.Method);
        if (facts.CallsExit)
        {
            EnvironmentExit.Replace(editor, hooks);
        }

        if (hasClauses)
        {
            CleanupRegions.WeaveHandlers(editor, hooks, calls);
            CatchClauses.Weave(editor, hooks);
        }

        CleanupRegions.WeaveMethod(editor, hooks, cleanup);
        var checkpoint = new Checkpoint(editor, hooks, options);
        if (facts.HasLoop)
        {
            LoopHeads.Find(editor).Weave(checkpoint, calls, onlyBackward: StateMachines.IsAsyncMoveNext(facts.Method));
        }

        MethodEntry.Weave(editor, checkpoint, hooks, entry);
        editor.Commit();
        return true;
    }
}
