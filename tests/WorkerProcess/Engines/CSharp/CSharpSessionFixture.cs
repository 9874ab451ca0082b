using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Engines.CSharp;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

/// <summary>An engine with one session, in process.</summary>
public abstract class CSharpSessionFixture : IDisposable
{
    private uint run;

    private protected PassThroughWeaver Weaver { get; } = new();

    private protected CSharpEngine Engine { get; }

    /// <summary>A folder of this test's own.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("procinterrupt-test-").FullName;

    protected CSharpSessionFixture() => Engine = new CSharpEngine(Weaver);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected EngineResult Execute(string code, string? path = null, IRunScope? scope = null) =>
        Engine.Execute(new EngineRequest(++run, code, path), scope ?? new DirectScope());

    private protected RunValue? Value(string code)
    {
        EngineResult result = Execute(code);
        Assert.Null(result.Error);
        return result.Value;
    }

    private protected string? Text(string code) => Value(code)?.Text;

    private protected RunError Error(string code, string? path = null)
    {
        EngineResult result = Execute(code, path);
        Assert.Null(result.Value);
        return Assert.IsType<RunError>(result.Error);
    }

    private protected void Ok(string code) => Assert.Null(Execute(code).Error);

    protected string Write(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
