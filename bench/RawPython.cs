using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ProcInterrupt.Bench;

/// <summary>The same interpreter without us: code over a pipe, SIGINT to stop it.</summary>
internal sealed partial class RawPython : IDisposable
{
    private const int Interrupt = 2;

    private const string Loop = """
        import sys
        names = {}
        while True:
            try:
                line = sys.stdin.readline()
                if not line: break
                code = eval(line)
                try: value = eval(code, names)
                except SyntaxError: value = exec(code, names)
                sys.stdout.write(repr(value) + '\n')
            except KeyboardInterrupt: sys.stdout.write('interrupted\n')
            sys.stdout.flush()
        """;

    private readonly Process process;

    public RawPython(string executable)
    {
        process = Process.Start(new ProcessStartInfo(executable, ["-c", Loop]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.AutoFlush = false;
    }

    /// <summary>Sends code, which has no line breaks that are not escaped.</summary>
    public void Send(string code)
    {
        process.StandardInput.Write($"{System.Text.Json.JsonSerializer.Serialize(code)}\n");
        process.StandardInput.Flush();
    }

    /// <summary>Reads a line.</summary>
    public string? Read() => process.StandardOutput.ReadLine();

    public void Signal() => _ = Kill(process.Id, Interrupt);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
