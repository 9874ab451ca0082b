using System.Text;
using ProcInterrupt.Cli;
using ProcInterrupt.Cli.Repl;
using ProcInterrupt.WorkerProcess.Engines.CSharp;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class ScriptEntriesTests
{
    [Fact]
    public async Task Entries_are_complete_and_know_their_lines() => Assert.Equal(
        [new(1, "var x = 1;"), new(3, "int F(int n)\n{\n\n    return n;\n}"), new(8, "F(x)")],
        await SplitAsync("var x = 1;\n\nint F(int n)\n{\n\n    return n;\n}\nF(x)\n"));

    [Fact]
    public async Task An_else_on_a_line_of_its_own_belongs_to_its_if() => Assert.Equal(
        [new(1, "if (a)\n{\n}\n\nelse if (b)\n{\n}\nelse\n{\n}"), new(11, "if (c) d();"), new(12, "if (e) f();")],
        await SplitAsync("if (a)\n{\n}\n\nelse if (b)\n{\n}\nelse\n{\n}\nif (c) d();\nif (e) f();"));

    [Fact]
    public async Task What_is_read_ahead_is_not_lost()
    {
        var lines = Lines("if (a) b();\n\nAda\n");
        var entries = new ScriptEntries(lines, _ => false, AskCSharp);
        Assert.Equal(new ScriptEntry(1, "if (a) b();"), await entries.NextAsync(CancellationToken.None));
        Assert.Equal("", lines.Read(password: false, CancellationToken.None));
        Assert.Equal("Ada", lines.Read(password: false, CancellationToken.None));
        Assert.Null(lines.Read(password: false, CancellationToken.None));
        Assert.Null(await entries.NextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Lines_that_the_code_reads_are_counted()
    {
        var lines = Lines("a;\nAda\nb;");
        var entries = new ScriptEntries(lines, _ => false, AskCSharp);
        await entries.NextAsync(CancellationToken.None);
        Assert.Equal("Ada", lines.Read(password: false, CancellationToken.None));
        Assert.Equal(new ScriptEntry(3, "b;"), await entries.NextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task No_line_is_read_before_it_is_needed()
    {
        var read = 0;
        string[] script = ["1 + 1", "while (true)", "{ }", "2"];
        var entries = new ScriptEntries(new ScriptLines(_ => read < script.Length ? Encoding.UTF8.GetBytes(script[read++]) : null), _ => false, AskCSharp);
        await entries.NextAsync(CancellationToken.None);
        Assert.Equal(1, read);
        await entries.NextAsync(CancellationToken.None);
        Assert.Equal(3, read);
    }

    [Fact]
    public async Task The_last_entry_may_be_incomplete() => Assert.Equal([new(1, "a;"), new(2, "while (true)\n{")], await SplitAsync("a;\nwhile (true)\n{\n".TrimEnd('\n')));

    [Fact]
    public async Task An_entry_that_is_wrong_ends_with_the_line_that_makes_it_so() =>
        Assert.Equal([new(1, "F(1,\n2))"), new(3, "b;")], await SplitAsync("F(1,\n2))\nb;"));

    [Fact]
    public async Task Directives_are_entries_and_end_no_other_one() => Assert.Equal(
        [new(1, "#reset"), new(2, "if (a) b();"), new(3, "#help"), new(4, "while (a)\n{\n#help\n}")],
        await SplitAsync("#reset\nif (a) b();\n#help\nwhile (a)\n{\n#help\n}"));

    [Fact]
    public async Task Where_an_empty_line_ends_a_block_the_next_line_may_do_without()
    {
        // As an engine for Python answers, whose interactive blocks end with an empty line.
        Task<CodeCompleteness> Ask(string code, CancellationToken cancellationToken)
        {
            var all = code.Split('\n');
            var isBlock = all[0].EndsWith(':');
            var status = code.StartsWith(' ') ? CodeStatus.Invalid
                : !isBlock ? all.Length == 1 ? CodeStatus.Complete : CodeStatus.Invalid
                : all.Length == 1 ? CodeStatus.Incomplete
                : all[1..].Any(line => line.Length > 0 && line[0] != ' ') ? CodeStatus.Invalid
                : all[^1].Length == 0 ? CodeStatus.Complete : CodeStatus.Incomplete;
            return Task.FromResult(new CodeCompleteness(status, MayContinue: isBlock && status == CodeStatus.Complete));
        }

        Assert.Equal(
            [new(1, "def f():\n    a\n\n    b\n"), new(5, "f()"), new(6, "def g():\n    c\n"), new(9, "g()")],
            await SplitAsync("def f():\n    a\n\n    b\nf()\ndef g():\n    c\n\ng()", Ask));
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_code() =>
        Assert.Equal([new(1, "a;"), new(2, "b;")], await SplitAsync("\uFEFFa;\nb;"));

    [Fact]
    public async Task A_line_that_is_not_text_is_named()
    {
        var lines = new Queue<byte[]>(["1"u8.ToArray(), [0xff]]);
        var entries = new ScriptEntries(new ScriptLines(_ => lines.TryDequeue(out var line) ? line : null), _ => false, AskCSharp);
        await entries.NextAsync(CancellationToken.None);
        Assert.Equal("Line 2 of the script is not UTF-8 text.", (await Assert.ThrowsAsync<UsageException>(() => entries.NextAsync(CancellationToken.None))).Message);
    }

    private static Task<CodeCompleteness> AskCSharp(string code, CancellationToken cancellationToken) =>
        Task.FromResult(Completeness.Of(CSharpSession.Parse(code, cancellationToken: cancellationToken)));

    private static ScriptLines Lines(string script)
    {
        var lines = new StringReader(script);
        return new ScriptLines(_ => lines.ReadLine() is { } line ? Encoding.UTF8.GetBytes(line) : null);
    }

    private static async Task<List<ScriptEntry>> SplitAsync(string script, Func<string, CancellationToken, Task<CodeCompleteness>>? ask = null)
    {
        var entries = new ScriptEntries(Lines(script), line => Directive.Of(line, "csharp") is not null, ask ?? AskCSharp);
        var split = new List<ScriptEntry>();
        while (await entries.NextAsync(CancellationToken.None) is { } entry)
        {
            split.Add(entry);
        }

        return split;
    }
}
