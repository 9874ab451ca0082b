using Mono.Cecil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Weaves one module: decides for each method which passes it needs and runs them in order.</summary>
internal sealed class ModuleWeaver
{
    private readonly HookReferences hooks;
    private readonly WeaverOptions options;
    private readonly CallReplacements replacements;
    private readonly CancellableCalls cancellable;
    private readonly CallGraph calls;

    public ModuleWeaver(ModuleDefinition module, HookSignatures signatures, WeaverOptions options)
    {
        var types = new OwnTypes(module);
        hooks = new HookReferences(module, types, signatures);
        this.options = options;
        replacements = new CallReplacements(module, types, options.Replacements);
        cancellable = new CancellableCalls(module, types);
        calls = new CallGraph(module, replacements, cancellable);
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
        if (!facts.HasLoop && !facts.HasReplaced && !facts.HasCancellable && !hasClauses && cleanup == CleanupKind.None && entry.IsNothing)
        {
            return false;
        }

        var editor = new MethodEditor(facts.Method);
        if (facts.HasCancellable)
        {
            cancellable.Weave(editor);
        }

        if (facts.HasReplaced)
        {
            replacements.Weave(editor);
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
