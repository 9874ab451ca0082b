using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Tests.Shared.Interrupts;

public sealed class InterruptMapTests : IDisposable
{
    private readonly InterruptPage page = new();

    /// <summary>A worker keeps its buffer for life; a test gives it back.</summary>
    public void Dispose() => page.Swap(null)?.Dispose();

    [Fact]
    public void Both_sides_see_the_same_word()
    {
        using var map = InterruptMap.Create();
        Assert.Null(page.Swap(map.Path));
        var word = new InterruptWord(7, Signal.Interrupt, InterruptReason.Deadline, InterruptRung.Insist);
        Assert.Equal(default, map.CompareExchangeWord(word, default));
        Assert.Equal(word, page.View.ReadWord());
        Assert.Equal((7u, Signal.Interrupt, InterruptReason.Deadline, InterruptRung.Insist), (word.Run, word.Signal, word.Reason, word.Rung));
    }

    [Fact]
    public void Nobody_can_truncate_it()
    {
        using var map = InterruptMap.Create();
        using var stranger = new FileStream(map.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.ThrowsAny<Exception>(() => stranger.SetLength(0));
        Assert.Equal(InterruptMapLayout.Size, stranger.Length);
        Assert.Equal(default, map.ReadWord());
    }

    [Fact]
    public void A_swap_gives_the_old_buffer_back_and_keeps_the_address()
    {
        using var first = InterruptMap.Create();
        using var second = InterruptMap.Create();
        var address = page.View.Address;
        page.Swap(first.Path);
        first.CompareExchangeWord(new InterruptWord(2), default);
        using (var old = page.Swap(second.Path))
        {
            Assert.Equal(new InterruptWord(2), old!.View.ReadWord());
        }

        Assert.Equal((address, default), (page.View.Address, page.View.ReadWord()));
        using var last = page.Swap(null);
        Assert.False(page.HasBuffer);
        Assert.Equal(default, page.View.ReadWord());
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(100, "100 bytes")]
    [InlineData(4096, "magic")]
    public void What_is_no_map_is_refused_and_the_old_one_stays(int length, string why)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[length]);
            using var map = InterruptMap.Create();
            page.Swap(map.Path);
            Assert.Contains(why, Assert.Throws<IOException>(() => page.Swap(path)).Message, StringComparison.Ordinal);
            map.CompareExchangeWord(new InterruptWord(2), default);
            Assert.Equal(new InterruptWord(2), page.View.ReadWord());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_path_that_is_not_there_is_named()
    {
        var thrown = Assert.Throws<IOException>(() => page.Swap("/nowhere/map"));
        Assert.Contains("/nowhere/map", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bell_wakes_who_waits_on_the_other_side()
    {
        using var map = InterruptMap.Create();
        page.Swap(map.Path);
        var sampled = page.View.Doorbell;
        var waiter = new Thread(() => page.View.WaitForDoorbell(sampled, Timeout.InfiniteTimeSpan));
        waiter.Start();
        map.RingDoorbell();
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)), "the waiter was not woken");
    }
}
