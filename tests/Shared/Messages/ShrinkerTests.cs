using FsCheck;
using FsCheck.Fluent;
using ProcInterrupt.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Messages;

public sealed class ShrinkerTests
{
    [Fact]
    public void What_fails_is_reported_as_small_as_it_can_be()
    {
        var property = Prop.ForAll(
            Arb.From(ArbMap.Default.ArbFor<byte[]>().Generator.Select(bytes => (byte[])[0x00, .. bytes, 0xc1, .. bytes]), Shrinker.Bytes),
            bytes => !bytes.Contains((byte)0xc1));
        var thrown = Assert.ThrowsAny<Exception>(() => property.Check(Config.QuickThrowOnFailure));
        Assert.Matches(@"Shrunk:\s*\[\|193uy\|\]", thrown.Message);
    }

    [Fact]
    public void Messages_shrink_to_messages_that_can_be_sent_and_come_to_an_end()
    {
        // Few of what is generated has a value that is small already.
        IMessage valued = new RunCompletedMessage(1, RunOutcome.Succeeded, default, new RunValue("text", new Dictionary<string, string>(), null), null, null, 0, 0);
        foreach (IMessage message in Gen.Sample(MessageGenerator.Any, 20, 100).Append(valued))
        {
            IMessage smallest = message;
            for (int steps = 0; Shrinker.Message(smallest).FirstOrDefault() is { } smaller; steps++)
            {
                Assert.IsType(message.GetType(), smaller);
                Assert.True(steps < 1000, $"{message} shrinks without end.");
                smallest = smaller;
            }
        }
    }
}
