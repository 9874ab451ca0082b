using System.Text;
using System.Text.Json;
using ProcInterrupt.Cli.Json;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Json;

public sealed class JsonLineWriterTests
{
    [Fact]
    public void Each_object_is_one_line_and_text_stays_readable()
    {
        var output = new MemoryStream();
        var writer = new JsonLineWriter(output);
        writer.Write(json => json.WriteString("text", "a\nb <ü> 'x'"));
        writer.Write(json => json.WriteNull("none"));
        Assert.Equal("{\"text\":\"a\\nb <ü> 'x'\"}\n{\"none\":null}\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_break_the_line()
    {
        var output = new MemoryStream();
        new JsonLineWriter(output).Write(json => json.WriteString("text", "a\ud800b"));
        using var read = JsonDocument.Parse(output.ToArray());
        Assert.Equal("a\ufffdb", read.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Lines_of_many_threads_are_never_mixed()
    {
        var output = new MemoryStream();
        var writer = new JsonLineWriter(output);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.Write(json => json.WriteString("text", new string('x', i)));
            }
        })));
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4000, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task When_nobody_reads_any_more_it_says_so_and_goes_quiet()
    {
        var writer = new JsonLineWriter(new BrokenStream());
        Assert.False(writer.Closed.IsCompleted);
        writer.Write(json => json.WriteNull("a"));
        writer.Write(json => json.WriteNull("b"));
        await writer.Closed.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
