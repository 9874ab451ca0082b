using System.IO.Pipes;
using System.Text;
using ProcInterrupt.Cli.Terminal;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Terminal;

public sealed class InputBytesTests : IDisposable
{
    private readonly AnonymousPipeServerStream writer = new(PipeDirection.Out);
    private readonly InputBytes input;

    public InputBytesTests() => input = new InputBytes((int)writer.ClientSafePipeHandle.DangerousGetHandle());

    public void Dispose()
    {
        input.Dispose();
        writer.Dispose();
    }

    [Fact]
    public void Lines_come_without_their_ends()
    {
        Write("one\n\ntwo\r\nlast");
        writer.Dispose();
        Assert.Equal(["one", "", "two", "last", null], Enumerable.Range(0, 5).Select(_ => input.ReadLine(CancellationToken.None)));
    }

    [Fact]
    public async Task A_read_that_is_given_up_leaves_the_line_to_the_next_reader()
    {
        for (var round = 0; round < 200; round++)
        {
            using var cancel = new CancellationTokenSource();
            var given = Task.Run(() => input.ReadLine(cancel.Token));
            Write("begin");
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(CommandProcess.Patience));
            Write("ning\n");
            Assert.Equal("beginning", input.ReadLine(CancellationToken.None));
        }
    }

    [Fact]
    public void Bytes_and_lines_are_read_in_turn()
    {
        Write("ab\ncd");
        Assert.Equal('a', input.Read(CancellationToken.None));
        Assert.True(input.IsReady);
        Assert.Equal("b", input.ReadLine(CancellationToken.None));
        Assert.Equal('c', input.Read(CancellationToken.None));
        Assert.Equal('d', input.Read(CancellationToken.None));
        Assert.False(input.IsReady);
    }

    [Fact]
    public void A_token_that_was_cancelled_reads_nothing()
    {
        Write("a\n");
        Assert.ThrowsAny<OperationCanceledException>(() => input.ReadLine(new CancellationToken(canceled: true)));
        Assert.Equal("a", input.ReadLine(CancellationToken.None));
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_one_line()
    {
        var line = new string('x', 1_000_000);
        var written = Task.Run(() => Write(line + "\nnext\n"));
        Assert.Equal(line, input.ReadLine(CancellationToken.None));
        Assert.Equal("next", input.ReadLine(CancellationToken.None));
        await written;
    }

    private void Write(string text) => writer.Write(Encoding.UTF8.GetBytes(text));
}
