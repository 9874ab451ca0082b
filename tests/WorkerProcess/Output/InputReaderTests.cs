using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Output;
using ProcInterrupt.WorkerProcess.Replacements;

namespace ProcInterrupt.Tests.WorkerProcess.Output;

/// <summary>Who reads what was typed.</summary>
public sealed class InputReaderTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly InterruptPage page = new();
    private readonly RecordingPoster poster = new();
    private readonly DeliveryDesk desk;
    private readonly InputReader input;

    public InputReaderTests()
    {
        desk = new DeliveryDesk(page, poster);
        input = new InputReader(poster, desk);
        Begin(1);
    }

    private IReadOnlyList<InputRequestMessage> Asked => [.. poster.Frames.OfType<InputRequestMessage>()];

    public void Dispose()
    {
        RunScope.Current = null;
        input.Dispose();
    }

    [Fact]
    public async Task Lines_characters_and_blocks_are_read_from_the_same_place()
    {
        var answers = AnswerAsync("one", "two", "", "a\nb", null);
        Assert.Equal("one", input.ReadLine());
        Assert.Equal(('t', 'w'), ((char)input.Read(), (char)input.Peek()));
        Assert.Equal("wo", input.ReadLine());
        Assert.Equal('\n', (char)input.Read());
        var block = new char[10];
        Assert.Equal("a\nb\n", new string(block, 0, input.Read(block, 0, 10)));
        Assert.Equal(-1, input.Read());
        await answers;
        Assert.Equal([1u, 2u, 3u, 4u, 5u], Asked.Select(asked => asked.Request));
    }

    [Fact]
    public async Task An_answer_of_several_lines_is_read_as_lines_and_the_end_is_null()
    {
        var answers = AnswerAsync("a\nb", null);
        Assert.Equal(("a", "b", null), (input.ReadLine(), input.ReadLine(), input.ReadLine()));
        await answers;
    }

    [Fact]
    public async Task Keys_are_the_characters_of_what_is_typed_and_an_empty_line_is_enter()
    {
        var answers = AnswerAsync("y", "", "aB 1", "rest of it", null);
        Assert.Equal('y', input.ReadKey(hidden: false));
        Assert.False(input.HasRest);
        Assert.Equal('\n', input.ReadKey(hidden: true));
        Assert.Equal("aB 1", string.Concat(Enumerable.Range(0, 4).Select(_ => (char)input.ReadKey(hidden: false))));
        Assert.Equal('r', input.ReadKey(hidden: false));
        Assert.True(input.HasRest);
        Assert.Equal("est of it", input.ReadLine());
        Assert.Equal(-1, input.ReadKey(hidden: false));
        await answers;
        Assert.Equal([false, true, false, false, false], Asked.Select(asked => asked.Password));
    }

    [Theory]
    [InlineData('\n', ConsoleKey.Enter, '\r', false, false)]
    [InlineData('q', ConsoleKey.Q, 'q', false, false)]
    [InlineData('Q', ConsoleKey.Q, 'Q', true, false)]
    [InlineData('7', ConsoleKey.D7, '7', false, false)]
    [InlineData('\t', ConsoleKey.Tab, '\t', false, false)]
    [InlineData('\x03', ConsoleKey.C, '\x03', false, true)]
    [InlineData('\x1b', ConsoleKey.Escape, '\x1b', false, false)]
    [InlineData('ä', ConsoleKey.None, 'ä', false, false)]
    public void A_character_is_the_key_that_types_it(char character, ConsoleKey key, char keyChar, bool shift, bool control) =>
        Assert.Equal(new ConsoleKeyInfo(keyChar, key, shift, alt: false, control), ConsoleKeys.Of(character));

    [Fact]
    public async Task An_interrupt_ends_the_wait_and_what_is_typed_later_goes_to_the_next_reader()
    {
        var interrupted = Task.Run(async () =>
        {
            while (Asked.Count == 0)
            {
                await Task.Yield();
            }

            desk.InterruptLocally(desk.Current!, InterruptReason.Deadline);
        });
        var raised = Assert.Throws<KeyboardInterruptException>(() => input.ReadLine());
        await interrupted.WaitAsync(Bound);
        desk.Caught(raised, mayRethrow: false);

        // The question is still open: nobody is asked twice.
        input.Answer(Asked[0].Request, "typed later");
        Assert.Equal("typed later", input.ReadLine());
        Assert.Single(Asked);
    }

    [Fact]
    public async Task What_a_run_left_is_not_the_next_runs()
    {
        var answers = AnswerAsync("abc");
        Assert.Equal('a', input.Read());
        await answers;
        desk.End(RunScope.Current!, new EngineResult(null, null), 0);
        Assert.Null(input.ReadLine());
        Begin(2);
        Assert.False(input.HasRest);
        answers = AnswerAsync("second");
        Assert.Equal("second", input.ReadLine());
        await answers;
        Assert.Equal([1u, 2u], Asked.Select(asked => asked.Run));
    }

    [Fact]
    public async Task A_thread_that_outlives_its_run_finds_the_end_of_input_and_leaves_the_next_run_its_answers()
    {
        var ended = RunScope.Current!;
        var asking = Task.Run(input.ReadLine);
        Assert.True(SpinWait.SpinUntil(() => Asked.Count == 1, Bound));
        var waiting = Task.Run(() => input.Read());
        desk.End(ended, new EngineResult(null, null), 0);
        desk.Pulse();
        Assert.Null(await asking.WaitAsync(Bound));
        Assert.Equal(-1, await waiting.WaitAsync(Bound));
        Begin(2);
        input.Answer(1, "late");
        var answers = Task.Run(() =>
        {
            Assert.True(SpinWait.SpinUntil(() => Asked.Count == 2, Bound));
            input.Answer(1, "later");
            input.Answer(2, "for the second");
        });
        Assert.Equal("for the second", input.ReadLine());
        await answers.WaitAsync(Bound);
    }

    [Fact]
    public async Task Threads_read_one_after_the_other_and_each_line_goes_to_one_of_them()
    {
        const int count = 200;
        var answers = AnswerAsync([.. Enumerable.Range(0, count).Select(line => $"{line}")]);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, count / 4).Select(_ => input.ReadLine()!).ToList())).ToList();
        await answers;
        var read = (await Task.WhenAll(readers).WaitAsync(Bound)).SelectMany(lines => lines).Select(int.Parse).Order();
        Assert.Equal(Enumerable.Range(0, count), read);
    }

    [Fact]
    public async Task Standard_input_as_bytes_is_what_is_typed()
    {
        var answers = AnswerAsync("ä€", null);
        using var stream = new StreamReader(new InputByteStream(input));
        Assert.Equal("ä€\n", await stream.ReadToEndAsync());
        await answers;
    }

    private RunScope Begin(uint number) => RunScope.Current = desk.Begin(number, MonotonicClock.Nanos, long.MaxValue);

    /// <summary>Answers each question when it is asked.</summary>
    private Task AnswerAsync(params string?[] answers)
    {
        var before = Asked.Count;
        return Task.Run(() =>
        {
            foreach (var (index, answer) in answers.Index())
            {
                Assert.True(SpinWait.SpinUntil(() => Asked.Count > before + index, Bound), $"Question {index} was not asked.");
                input.Answer(Asked[before + index].Request, answer);
            }
        }).WaitAsync(Bound);
    }
}
