using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: whether the code can be run as it is.</summary>
/// <param name="Request">From IsComplete.</param>
/// <param name="Status">What the engine says.</param>
/// <param name="Indent">What the next line begins with by custom: spaces and tabs.</param>
/// <param name="MayContinue">It is complete, and yet the next line may belong to it.</param>
/// <param name="Error">Why there is no answer, such as an unknown engine; null when there is one.</param>
internal sealed record IsCompleteAnswerMessage(long Request, CodeStatus Status, string Indent, bool MayContinue, string? Error) : IMessage<IsCompleteAnswerMessage>
{
    public static MessageType Type => MessageType.IsCompleteAnswer;

    public static int FieldCount => 5;

    public static IsCompleteAnswerMessage Read(ref FieldReader fields)
    {
        long request = fields.Int64("request");
        var status = (CodeStatus)fields.Int32("status", (int)CodeStatus.Unknown, (int)CodeStatus.Invalid);
        string indent = fields.String("indent");
        if (Problem(indent) is { } problem)
        {
            throw fields.Error(problem);
        }

        return new(request, status, indent, fields.Boolean("mayContinue"), fields.OptionalString("error"));
    }

    public void WriteFields(ref MessagePackWriter writer)
    {
        if (Problem(Indent) is { } problem)
        {
            throw new ProtocolException($"IsCompleteAnswer.indent: {problem}.");
        }

        writer.Write(Request);
        writer.Write((int)Status);
        writer.Write(Indent);
        writer.Write(MayContinue);
        writer.Write(Error);
    }

    private static string? Problem(string indent) =>
        indent.Length > ProtocolConstants.MaxIndent ? $"{indent.Length} characters, more than {ProtocolConstants.MaxIndent}"
        : indent.AsSpan().ContainsAnyExcept(' ', '\t') ? "something else than spaces and tabs"
        : null;
}
