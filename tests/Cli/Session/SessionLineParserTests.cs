using System.Text;
using ProcInterrupt.Cli.Session;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Session;

public sealed class SessionLineParserTests
{
    [Fact]
    public void A_run_has_number_engine_code_and_perhaps_a_deadline()
    {
        Assert.Equal(
            new RunLine(7, "python", "print('ü')\n", TimeSpan.FromSeconds(1)),
            Parse("""{"op":"run","run":7,"engine":"python","code":"print('ü')\n","deadlineMs":1000}"""));
        Assert.Equal(
            new RunLine(long.MaxValue, "csharp", "", null),
            Parse("""{"op":"run","run":9223372036854775807,"engine":"csharp","code":"","deadlineMs":null}"""));
    }

    [Fact]
    public void The_signal_is_2_if_left_out()
    {
        Assert.Equal(new InterruptLine(1, Signal.Interrupt, null), Parse("""{"op":"interrupt","run":1}"""));
        Assert.Equal(new InterruptLine(1, Signal.Max, null), Parse("""{"op":"interrupt","run":1,"signal":64}"""));
    }

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("17")]
    [InlineData("\"\\u00fc \\\"\"")]
    public void An_id_is_kept_as_it_was_sent(string id)
    {
        Assert.Equal(id, Assert.IsType<InterruptLine>(Parse($$"""{"op":"interrupt","run":1,"id":{{id}}}""")).Id!.Value.GetRawText());
        Assert.Equal(id, Assert.IsType<StopLine>(Parse($$"""{"op":"stop","run":1,"id":{{id}}}""")).Id!.Value.GetRawText());
    }

    [Fact]
    public void The_other_ops_are_read()
    {
        Assert.Equal(new InputLine(2, "line"), Parse("""{"op":"input","run":2,"text":"line"}"""));
        Assert.Equal(new InputLine(2, null), Parse("""{"op":"input","run":2,"text":null}"""));
        Assert.Equal(new ResetLine("csharp"), Parse("""{"op":"reset","engine":"csharp"}"""));
        Assert.Equal(new ResetLine(null), Parse("""{"op":"reset"}"""));
        Assert.Equal(new ShutdownLine(), Parse("""{"op":"shutdown"}"""));
    }

    [Theory]
    [InlineData("\ufeff{\"op\":\"shutdown\"}")]
    [InlineData("{\"op\":\"shutdown\"}\r")]
    [InlineData("  {\"later\":[1,{}],\"op\":\"shutdown\"}")]
    public void Byte_order_mark_carriage_return_blanks_and_unknown_fields_do_no_harm(string line) =>
        Assert.Equal(new ShutdownLine(), Parse(line));

    [Theory]
    [InlineData("", "not one JSON object")]
    [InlineData("hello", "not one JSON object")]
    [InlineData("{\"op\":\"run\"", "not one JSON object")]
    [InlineData("{\"op\":\"shutdown\"}{}", "not one JSON object")]
    [InlineData("{\"op\":\"shutdown\",\"op\":\"run\"}", "op")]
    [InlineData("[]", "an array")]
    [InlineData("\"run\"", "a string")]
    [InlineData("17", "17")]
    [InlineData("null", "null")]
    [InlineData("{}", "\"op\" is missing")]
    [InlineData("{\"op\":17}", "17")]
    [InlineData("{\"op\":\"jump\"}", "\"jump\"")]
    [InlineData("{\"op\":\"RUN\"}", "run, interrupt, stop, diagnose, input, reset, shutdown")]
    [InlineData("{\"op\":\"run\",\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is missing")]
    [InlineData("{\"op\":\"run\",\"run\":0,\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is 0")]
    [InlineData("{\"op\":\"run\",\"run\":-1,\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is -1")]
    [InlineData("{\"op\":\"run\",\"run\":1.5,\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is 1.5")]
    [InlineData("{\"op\":\"run\",\"run\":\"1\",\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is a string")]
    [InlineData("{\"op\":\"run\",\"run\":9223372036854775808,\"engine\":\"csharp\",\"code\":\"1\"}", "\"run\" is 9223372036854775808")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"code\":\"1\"}", "\"engine\" is missing")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"engine\":\"csharp\"}", "\"code\" is missing")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"engine\":\"csharp\",\"code\":1}", "\"code\" is 1")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"engine\":\"csharp\",\"code\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"op\":\"shutdown\",\"\\ud83dt\":1}", "A name in the line holds half of a surrogate pair")]
    [InlineData("{\"\\udfffop\":\"shutdown\"}", "A name in the line holds half of a surrogate pair")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"engine\":\"csharp\",\"code\":\"1\",\"deadlineMs\":0}", "\"deadlineMs\" is 0")]
    [InlineData("{\"op\":\"run\",\"run\":1,\"engine\":\"csharp\",\"code\":\"1\",\"deadlineMs\":\"5s\"}", "\"deadlineMs\" is a string")]
    [InlineData("{\"op\":\"interrupt\",\"run\":1,\"signal\":0}", "1 to 64")]
    [InlineData("{\"op\":\"interrupt\",\"run\":1,\"signal\":65}", "1 to 64")]
    [InlineData("{\"op\":\"interrupt\",\"run\":1,\"signal\":2.5}", "1 to 64")]
    [InlineData("{\"op\":\"interrupt\",\"run\":1,\"signal\":true}", "1 to 64")]
    [InlineData("{\"op\":\"interrupt\",\"run\":1,\"id\":{}}", "\"id\" is an object")]
    [InlineData("{\"op\":\"interrupt\"}", "\"run\" is missing")]
    [InlineData("{\"op\":\"stop\",\"id\":\"a\"}", "\"run\" is missing")]
    [InlineData("{\"op\":\"stop\",\"run\":1,\"id\":\"\\udfff\"}", "surrogate")]
    [InlineData("{\"op\":\"input\",\"run\":1}", "\"text\" is missing")]
    [InlineData("{\"op\":\"input\",\"run\":1,\"text\":[]}", "\"text\" is an array")]
    [InlineData("{\"op\":\"reset\",\"engine\":5}", "\"engine\" is 5")]
    public void A_bad_line_is_refused_and_the_refusal_says_why(string line, string expected) =>
        Assert.Contains(expected, Refusal(Encoding.UTF8.GetBytes(line)), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Contains("UTF-8", Refusal([.. "{\"op\":\"shutdown\",\"x\":\""u8, 0xff, .. "\"}"u8]), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.NotEmpty(Refusal(Encoding.UTF8.GetBytes(new string('[', 100_000))));

    [Fact]
    public void Random_changes_to_a_line_never_throw()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var original = """{"op":"run","run":1,"engine":"csharp","code":"1 + 1","deadlineMs":1000,"id":"a"}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var line = (byte[])original.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.True(SessionLineParser.TryParse(line, out var request, out var problem) ? request is not null : problem is { Length: > 0 });
            }
            catch (Exception thrown)
            {
                Assert.Fail($"Seed {seed}, line {Convert.ToHexString(line)}: {thrown}");
            }
        }
    }

    private static SessionRequest Parse(string line)
    {
        Assert.True(SessionLineParser.TryParse(Encoding.UTF8.GetBytes(line), out var request, out var problem), problem);
        return request;
    }

    private static string Refusal(byte[] line)
    {
        Assert.False(SessionLineParser.TryParse(line, out _, out var problem));
        return problem;
    }
}
