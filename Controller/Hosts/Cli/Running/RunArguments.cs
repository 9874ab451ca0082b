namespace ProcInterrupt.Cli.Running;

/// <summary>What <c>procinterrupt run</c> was asked to do.</summary>
/// <param name="File">The program's file, <c>-</c> for standard input; <see langword="null"/> when <paramref name="Code"/> is given.</param>
/// <param name="Code">The program itself; <see langword="null"/> when <paramref name="File"/> is given.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Timeout">The run's deadline, or <see langword="null"/>.</param>
/// <param name="Json">End standard output with the result as a line of JSON.</param>
/// <param name="ShowMap">Name the interrupt map on standard error.</param>
/// <param name="DisplayDir">The folder for what the code displays, or <see langword="null"/>.</param>
/// <param name="HostAssemblies">Assemblies that offer functions to Python code.</param>
/// <param name="Budgets">What the code may use up, or <see langword="null"/>.</param>
internal sealed record RunArguments(
    string? File, string? Code, string Engine, TimeSpan? Timeout, bool Json, bool ShowMap, string? DisplayDir, IReadOnlyList<string> HostAssemblies, WorkerBudgets? Budgets = null);
