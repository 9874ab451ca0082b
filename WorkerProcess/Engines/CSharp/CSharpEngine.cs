using Microsoft.CodeAnalysis.CSharp;
using ProcInterrupt.WorkerProcess.Checkpoints;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>The <c>csharp</c> engine: C# scripts, compiled by Roslyn and woven before they are loaded.</summary>
internal sealed class CSharpEngine : IEngine
{
    private readonly IWeaver weaver;
    private readonly GrowingSyntax asked = new();
    private CSharpSession? current;

    /// <summary>Creates the engine with an empty session.</summary>
    /// <param name="weaver">Makes code interruptible before it is loaded.</param>
    public CSharpEngine(IWeaver weaver)
    {
        this.weaver = weaver;
    }

    public EngineInfo Info { get; } =
        new("csharp", LanguageVersion.Latest.MapSpecifiedToEffectiveVersion().ToDisplayString(), Unavailable: null);

    public bool KeepsHandlers => false;

    /// <summary>Made when first needed, so that the worker can say Hello before the framework's metadata is read.</summary>
    private CSharpSession Session => current ??= new CSharpSession(weaver);

    /// <summary>For tests: how many submissions the next one is compiled against.</summary>
    internal int ChainLength => Session.ChainLength;

    public void WarmUp(Func<bool> wanted)
    {
        var throwaway = new CSharpEngine(weaver);
        var scope = new WarmUpScope();
        string[] programs = ["var a = 41;", "a + 1", "Console.Out.Flush(); while (a < 50) { a++; }"];
        for (uint i = 0; i < programs.Length && wanted(); i++)
        {
            EngineResult result = throwaway.Execute(new EngineRequest(i + 1, programs[i], Path: null), scope);
            if (result.Error is { } error)
            {
                throw new InvalidOperationException($"{error.Type}: {error.Message}\n{error.Traceback}");
            }
        }
    }

    public EngineResult Execute(EngineRequest request, IRunScope scope)
    {
        Submission? submission;
        RunError? error;
        try
        {
            submission = Session.Prepare(request.Code, ScriptPaths.Of(request), request.FirstLine, out error, scope.HostToken);
        }
        catch (OperationCanceledException) when (scope.HostToken.IsCancellationRequested)
        {
            return new EngineResult(Value: null, Error: null); // interrupted before it began
        }
        catch (InsufficientExecutionStackException)
        {
            error = new RunError(CompilationErrors.Type, "error: the program is nested too deeply to be compiled", "");
            submission = null;
        }

        if (submission?.Start is null)
        {
            if (submission is not null)
            {
                Session.Add(submission);
            }

            return new EngineResult(Value: null, error);
        }

        return Run(submission, scope);
    }

    public CodeCompleteness IsComplete(string code)
    {
        try
        {
            return Nesting.Check(code, firstLine: 1) is null ? Completeness.Of(asked.Of(code)) : new CodeCompleteness(CodeStatus.Invalid);
        }
        catch (InsufficientExecutionStackException)
        {
            return new CodeCompleteness(CodeStatus.Invalid);
        }
    }

    public Completions Complete(string code, int position)
    {
        try
        {
            return Nesting.Check(code, firstLine: 1) is null ? Session.Complete(code, position) : new Completions(position, position, []);
        }
        catch (InsufficientExecutionStackException)
        {
            return new Completions(position, position, []);
        }
    }

    public void Reset() => current = null;

    private EngineResult Run(Submission submission, IRunScope scope)
    {
        try
        {
            Task<object?>? task = null;
            try
            {
                task = scope.CallUserCode(() => Session.Start(submission));
                scope.Wait(task);
            }
            finally
            {
                if (scope.KeepsVariables(task?.Exception))
                {
                    Session.Add(submission);
                }
                else
                {
                    Session.Drop(submission);
                }
            }

            if (!task.IsCompleted)
            {
                return new EngineResult(Value: null, Error: null); // given up by the scope
            }

            object? value = task.GetAwaiter().GetResult();
            return value is null && !submission.HasValue()
                ? new EngineResult(Value: null, Error: null)
                : new EngineResult(scope.CallUserCode(() => RunValues.Of(value, scope.IsUnwinding)), Error: null);
        }
        catch (Exception e)
        {
            return new EngineResult(Value: null, scope.IsUnwinding(e) ? null : Describe(e, scope), Escaped: e);
        }
    }

    private static RunError? Describe(Exception exception, IRunScope scope)
    {
        try
        {
            return scope.CallUserCode(() => Traceback.Of(exception));
        }
        catch (Exception e)
        {
            // Only the program's own overrides can throw here, or an interrupt that reached them.
            return scope.IsUnwinding(e) ? null : new RunError(exception.GetType().FullName!, $"(cannot be described: {e.GetType()})", "");
        }
    }

    /// <summary>Runs the engine's own programs, which nobody interrupts.</summary>
    private sealed class WarmUpScope : IRunScope
    {
        public CancellationToken HostToken => CancellationToken.None;

        public T CallUserCode<T>(Func<T> userCode) => userCode();

        public void Wait(Task task)
        {
            if (!task.IsCompleted)
            {
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            }
        }

        public bool KeepsVariables(Exception? fault) => true;

        public bool IsUnwinding(Exception exception) => false;
    }
}
