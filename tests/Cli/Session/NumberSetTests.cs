using ProcInterrupt.Cli.Session;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Session;

public sealed class NumberSetTests
{
    [Fact]
    public void A_million_numbers_in_order_take_one_range()
    {
        var set = new NumberSet();
        for (var i = 1L; i <= 1_000_000; i++)
        {
            Assert.False(set.Contains(i));
            set.Add(i);
        }

        Assert.True(set.Contains(1));
        Assert.True(set.Contains(1_000_000));
        Assert.Equal(1, set.RangeCount);
    }

    [Fact]
    public void The_ends_of_the_range_of_numbers_are_no_exception()
    {
        var set = new NumberSet();
        set.Add(long.MaxValue);
        set.Add(1);
        set.Add(long.MaxValue - 1);
        Assert.True(set.Contains(long.MaxValue));
        Assert.False(set.Contains(2));
        Assert.Equal(2, set.RangeCount);
    }

    [Fact]
    public void It_agrees_with_a_hash_set_whatever_the_order()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var set = new NumberSet();
            var expected = new HashSet<long>();
            for (var i = 0; i < 300; i++)
            {
                var number = random.Next(1, 400);
                set.Add(number);
                expected.Add(number);
            }

            for (var number = 0; number <= 401; number++)
            {
                Assert.True(expected.Contains(number) == set.Contains(number), $"Seed {seed}, round {round}, number {number}.");
            }

            Assert.Equal(expected.Count(number => !expected.Contains(number - 1)), set.RangeCount);
        }
    }
}
