using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the run is over; nothing follows under its number.</summary>
/// <param name="Run">The run.</param>
/// <param name="Outcome">Succeeded, Failed or Interrupted.</param>
/// <param name="Reason">Meaningful when interrupted.</param>
/// <param name="Value">What the last expression gave.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ExitCode">What the code passed to Environment.Exit.</param>
/// <param name="StartedNanos">CLOCK_MONOTONIC.</param>
/// <param name="EndedNanos">When the code had unwound.</param>
internal sealed record RunCompletedMessage(uint Run, RunOutcome Outcome, InterruptReason Reason, RunValue? Value, RunError? Error, int? ExitCode, long StartedNanos, long EndedNanos) : IMessage<RunCompletedMessage>
{
    public static MessageType Type => MessageType.RunCompleted;

    public static int FieldCount => 8;

    public static RunCompletedMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        (RunOutcome)fields.Int32("outcome", (int)RunOutcome.Succeeded, (int)RunOutcome.Interrupted),
        (InterruptReason)fields.Int32("reason", (int)InterruptReason.User, (int)InterruptReason.FileSize),
        RunValueEncoding.Read(ref fields),
        RunErrorEncoding.Read(ref fields),
        fields.OptionalInt32("exitCode"),
        fields.NotNegative("startedNanos"),
        fields.NotNegative("endedNanos"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write((int)Outcome);
        writer.Write((int)Reason);
        RunValueEncoding.Write(ref writer, Value);
        RunErrorEncoding.Write(ref writer, Error);
        if (ExitCode is { } exitCode)
        {
            writer.Write(exitCode);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write(StartedNanos);
        writer.Write(EndedNanos);
    }
}
