using System.Buffers;
using System.Text;
using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Turns the body of a frame into its message. What comes in is hostile.</summary>
internal static class MessageCodec
{
    /// <summary>Encodes a message; a frame's body without its length.</summary>
    /// <exception cref="ProtocolException">A value is outside what the protocol allows.</exception>
    public static void Encode(IMessage message, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        message.Write(ref writer);
        writer.Flush();
    }

    /// <summary>Decodes a frame's body, which must hold one message and nothing else.</summary>
    /// <exception cref="ProtocolException">It does not; the text names the message, the field and what is wrong with it.</exception>
    public static IMessage Decode(in ReadOnlySequence<byte> body)
    {
        var fields = new FieldReader(body);
        try
        {
            IMessage message = fields.Start() switch
            {
                MessageType.SetInterruptBuffer => Read<SetInterruptBufferMessage>(ref fields),
                MessageType.RunCode => Read<RunCodeMessage>(ref fields),
                MessageType.InputReply => Read<InputReplyMessage>(ref fields),
                MessageType.Complete => Read<CompleteMessage>(ref fields),
                MessageType.IsComplete => Read<IsCompleteMessage>(ref fields),
                MessageType.Reset => Read<ResetMessage>(ref fields),
                MessageType.Shutdown => Read<ShutdownMessage>(ref fields),
                MessageType.OutputCredit => Read<OutputCreditMessage>(ref fields),
                MessageType.Terminate => Read<TerminateMessage>(ref fields),
                MessageType.Diagnose => Read<DiagnoseMessage>(ref fields),
                MessageType.Hello => Read<HelloMessage>(ref fields),
                MessageType.RunStarted => Read<RunStartedMessage>(ref fields),
                MessageType.Output => Read<OutputMessage>(ref fields),
                MessageType.Display => Read<DisplayMessage>(ref fields),
                MessageType.Progress => Read<ProgressMessage>(ref fields),
                MessageType.InputRequest => Read<InputRequestMessage>(ref fields),
                MessageType.InterruptTaken => Read<InterruptTakenMessage>(ref fields),
                MessageType.InterruptHandled => Read<InterruptHandledMessage>(ref fields),
                MessageType.RunCompleted => Read<RunCompletedMessage>(ref fields),
                MessageType.ResetDone => Read<ResetDoneMessage>(ref fields),
                MessageType.InterruptBufferSet => Read<InterruptBufferSetMessage>(ref fields),
                MessageType.Log => Read<LogMessage>(ref fields),
                MessageType.IsCompleteAnswer => Read<IsCompleteAnswerMessage>(ref fields),
                MessageType.CompleteAnswer => Read<CompleteAnswerMessage>(ref fields),
                MessageType.InterruptDeferred => Read<InterruptDeferredMessage>(ref fields),
                MessageType.DiagnosisAnswer => Read<DiagnosisAnswerMessage>(ref fields),
                MessageType.BudgetExceeded => Read<BudgetExceededMessage>(ref fields),
                var unknown => throw fields.Error($"{(int)unknown} is no message of this version"),
            };
            fields.Finish();
            return message;
        }
        catch (EndOfStreamException e)
        {
            throw fields.Error("the frame ends before the value does", e);
        }
        catch (OverflowException e)
        {
            throw fields.Error("the number is out of range", e);
        }
        catch (DecoderFallbackException e)
        {
            throw fields.Error("the text is not UTF-8", e);
        }
        catch (MessagePackSerializationException e)
        {
            throw fields.Error("the value is malformed", e);
        }
    }

    private static T Read<T>(ref FieldReader fields)
        where T : IMessage<T>
    {
        fields.Enter(T.Type, T.FieldCount);
        return T.Read(ref fields);
    }
}
