using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: what can stand at the place.</summary>
/// <param name="Request">From Complete.</param>
/// <param name="Start">Where the text begins that a match replaces, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Matches">What fits.</param>
/// <param name="Error">Why there is no answer, such as an unknown engine; null when there is one.</param>
internal sealed record CompleteAnswerMessage(long Request, int Start, int End, IReadOnlyList<string> Matches, string? Error) : IMessage<CompleteAnswerMessage>
{
    public static MessageType Type => MessageType.CompleteAnswer;

    public static int FieldCount => 5;

    public static CompleteAnswerMessage Read(ref FieldReader fields)
    {
        long request = fields.Int64("request");
        int start = fields.Int32("start", 0, int.MaxValue);
        return new(
            request,
            start,
            fields.Int32("end", start, int.MaxValue),
            fields.Strings("matches", ProtocolConstants.MaxMatches),
            fields.OptionalString("error"));
    }

    public void WriteFields(ref MessagePackWriter writer)
    {
        if (Matches.Count > ProtocolConstants.MaxMatches)
        {
            throw new ProtocolException($"{Matches.Count} matches, more than {ProtocolConstants.MaxMatches}.");
        }

        writer.Write(Request);
        writer.Write(Start);
        writer.Write(End);
        writer.WriteArrayHeader(Matches.Count);
        foreach (string match in Matches)
        {
            writer.Write(match);
        }

        writer.Write(Error);
    }
}
