using FsCheck;
using FsCheck.Fluent;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Tests.Shared.Messages;

/// <summary>Random messages of every kind, with the numbers and texts at which encodings change.</summary>
internal static class MessageGenerator
{
    private static readonly Gen<uint> AnyUInt32 = Gen.OneOf(
        Gen.Elements(0u, 1u, 127u, 128u, 255u, 256u, 65_535u, 65_536u, (uint)int.MaxValue, uint.MaxValue),
        Gen.Choose(int.MinValue, int.MaxValue).Select(n => unchecked((uint)n)));

    private static readonly Gen<ulong> AnyUInt64 = Gen.OneOf(
        Gen.Elements<ulong>(0, uint.MaxValue, uint.MaxValue + 1UL, long.MaxValue, long.MaxValue + 1UL, ulong.MaxValue),
        AnyUInt32.SelectMany(_ => AnyUInt32, (high, low) => ((ulong)high << 32) | low));

    private static readonly Gen<long> AnyInt64 = Gen.OneOf(
        AnyUInt64.Select(n => unchecked((long)n)),
        Gen.Elements<long>(
            -1, -32, -33, sbyte.MinValue, sbyte.MinValue - 1, short.MinValue, short.MinValue - 1, int.MinValue, int.MinValue - 1L, long.MinValue));

    private static readonly Gen<int> AnyInt32 = AnyInt64.Select(n => unchecked((int)n));

    private static readonly Gen<uint> Run = AnyUInt32.Select(n => Math.Max(n, 1));

    private static readonly Gen<long> NotNegative = AnyInt64.Select(n => n & long.MaxValue);

    private static readonly Gen<int> Count = AnyInt32.Select(n => n & int.MaxValue);

    private static readonly Gen<string> Piece = Gen.Elements(
        "", "a", "\0", "é", "€", "\U0001F600", "\uFEFF", "\uFFFD", "\r\n", "\u2028", "\u001B[1m", "0123456789", "日本語");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Sized(size => Piece.ListOf(Math.Min(size, 40))).Select(string.Concat),
        from length in Gen.Elements(30, 31, 32, 33, 85, 86, 127, 128, 254, 255, 256, 257, 21_845, 21_846, 65_535, 65_536, 70_000)
        from piece in Gen.Elements("x", "é", "€")
        select string.Concat(Enumerable.Repeat(piece, length)));

    private static readonly Gen<string?> OptionalText = Gen.OneOf(Text.Select(text => (string?)text), Gen.Constant<string?>(null));

    private static Gen<string?> Short(int most) => OptionalText.Select(text => text?.Length > most ? new string('x', most) : text);

    private static readonly Gen<IReadOnlyList<string>> Strings =
        from count in Gen.Elements(0, 1, 15, 16, ProtocolConstants.MaxMatches)
        from match in Text
        select (IReadOnlyList<string>)[.. Enumerable.Range(0, count).Select(i => i == 0 ? match : $"match {i}")];

    private static readonly Gen<IReadOnlyDictionary<string, string>> Bundle =
        from count in Gen.Elements(0, 1, 2, 15, 16, ProtocolConstants.MaxMimeTypes)
        from form in Text
        select (IReadOnlyDictionary<string, string>)Enumerable.Range(0, count)
            .ToDictionary(i => $"application/x-{i}", i => i == 0 ? form : $"form {i}");

    private static readonly Gen<object?> Typed = Gen.OneOf(
        Gen.Constant<object?>(null),
        Gen.Elements<object?>(true, false),
        AnyInt64.Select(n => (object?)n),
        Gen.Elements<object?>(0.0, -0.0, 0.1, double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue),
        Text.Select(text => (object?)text),
        Gen.Elements(0, 1, 255, 256, 65_535, 65_536).Select(n => (object?)Enumerable.Range(0, n).Select(i => (byte)i).ToArray()));

    private static readonly Gen<RunValue?> Value = Gen.OneOf(
        Gen.Constant<RunValue?>(null),
        from text in Text
        from data in Bundle
        from typed in Typed
        select (RunValue?)new RunValue(text, data, typed));

    private static readonly Gen<RunError?> Error = Gen.OneOf(
        Gen.Constant<RunError?>(null),
        from type in Text
        from message in Text
        from traceback in Text
        select (RunError?)new RunError(type, message, traceback));

    private static readonly Gen<IReadOnlyList<EngineInfo>> Engines =
        from count in Gen.Elements(0, 1, 3, 15, 16, ProtocolConstants.MaxEngines)
        from version in Text
        from unavailable in OptionalText
        select (IReadOnlyList<EngineInfo>)Enumerable.Range(0, count).Select(i => new EngineInfo($"engine{i}", version, i == 0 ? unavailable : null)).ToArray();

    /// <summary>One generator a kind of message.</summary>
    public static IReadOnlyDictionary<MessageType, Gen<IMessage>> ByType { get; } = new Dictionary<MessageType, Gen<IMessage>>
    {
        [MessageType.SetInterruptBuffer] =
            from request in AnyInt64 from path in OptionalText select (IMessage)new SetInterruptBufferMessage(request, path),
        [MessageType.RunCode] =
            from run in Run
            from engine in Text
            from code in Text
            from path in OptionalText
            from deadline in NotNegative
            from line in Count
            select (IMessage)new RunCodeMessage(run, engine, code, path, deadline, Math.Max(line, 1)),
        [MessageType.InputReply] =
            from run in Run from request in AnyUInt32 from text in OptionalText select (IMessage)new InputReplyMessage(run, request, text),
        [MessageType.Complete] =
            from request in AnyInt64
            from engine in Text
            from code in Text
            from position in Gen.Choose(0, code.Length)
            select (IMessage)new CompleteMessage(request, engine, code, position),
        [MessageType.IsComplete] =
            from request in AnyInt64 from engine in Text from code in Text select (IMessage)new IsCompleteMessage(request, engine, code),
        [MessageType.Reset] =
            from request in AnyInt64 from engine in OptionalText select (IMessage)new ResetMessage(request, engine),
        [MessageType.Shutdown] = Gen.Constant<IMessage>(new ShutdownMessage()),
        [MessageType.OutputCredit] = from bytes in NotNegative select (IMessage)new OutputCreditMessage(bytes),
        [MessageType.Terminate] = from run in Run select (IMessage)new TerminateMessage(run),
        [MessageType.Diagnose] = from request in AnyInt64 from run in AnyUInt32 select (IMessage)new DiagnoseMessage(request, run),
        [MessageType.DiagnosisAnswer] =
            from request in AnyInt64
            from run in AnyUInt32
            from activity in Gen.Elements(Enum.GetValues<RunActivity>().Except([RunActivity.NoAnswer]).ToArray())
            from interruptible in Gen.Elements(true, false)
            from call in Short(ProtocolConstants.MaxDiagnosisLine)
            from thread in Short(ProtocolConstants.MaxDiagnosisLine)
            from swallowed in Count
            from at in Short(ProtocolConstants.MaxDiagnosisStack)
            from stack in Short(ProtocolConstants.MaxDiagnosisStack)
            select (IMessage)new DiagnosisAnswerMessage(request, run, activity, interruptible, call, thread, swallowed, at, stack),
        [MessageType.Hello] =
            from pid in AnyInt32
            from secret in Text
            from runtime in Text
            from engines in Engines
            from path in OptionalText
            select (IMessage)new HelloMessage(ProtocolConstants.Version, Math.Max(pid & int.MaxValue, 1), secret, runtime, engines, path),
        [MessageType.RunStarted] = from run in Run from at in NotNegative select (IMessage)new RunStartedMessage(run, at),
        [MessageType.Output] =
            from run in AnyUInt32
            from stream in Gen.Elements(OutputStream.Stdout, OutputStream.Stderr)
            from text in Text
            select (IMessage)new OutputMessage(run, stream, text),
        [MessageType.Display] = from run in AnyUInt32 from data in Bundle select (IMessage)new DisplayMessage(run, data),
        [MessageType.Progress] =
            from run in AnyUInt32
            from fraction in Gen.Elements(0, double.Epsilon, 0.1, 0.5, Math.BitDecrement(1), 1)
            from message in OptionalText
            select (IMessage)new ProgressMessage(run, fraction, message),
        [MessageType.InputRequest] =
            from run in Run
            from request in AnyUInt32
            from prompt in Text
            from password in Gen.Elements(true, false)
            select (IMessage)new InputRequestMessage(run, request, prompt, password),
        [MessageType.InterruptTaken] =
            from run in Run from word in AnyUInt64 from at in NotNegative select (IMessage)new InterruptTakenMessage(run, word, at),
        [MessageType.InterruptDeferred] =
            from run in Run from word in AnyUInt64 from at in NotNegative select (IMessage)new InterruptDeferredMessage(run, word, at),
        [MessageType.InterruptHandled] =
            from run in Run
            from word in AnyUInt64
            from handledBy in Gen.Elements(Enum.GetValues<HandledBy>())
            from at in NotNegative
            select (IMessage)new InterruptHandledMessage(run, word, handledBy, at),
        [MessageType.RunCompleted] =
            from run in Run
            from outcome in Gen.Elements(RunOutcome.Succeeded, RunOutcome.Failed, RunOutcome.Interrupted)
            from reason in Gen.Elements(Enum.GetValues<InterruptReason>())
            from value in Value
            from error in Error
            from exitCode in Gen.OneOf(AnyInt32.Select(n => (int?)n), Gen.Constant<int?>(null))
            from started in NotNegative
            from ended in NotNegative
            select (IMessage)new RunCompletedMessage(run, outcome, reason, value, error, exitCode, started, ended),
        [MessageType.ResetDone] =
            from request in AnyInt64 from error in OptionalText select (IMessage)new ResetDoneMessage(request, error),
        [MessageType.InterruptBufferSet] =
            from request in AnyInt64 from error in OptionalText select (IMessage)new InterruptBufferSetMessage(request, error),
        [MessageType.Log] =
            from level in Gen.Choose(0, 6) from category in Text from message in Text select (IMessage)new LogMessage(level, category, message),
        [MessageType.IsCompleteAnswer] =
            from request in AnyInt64
            from status in Gen.Elements(Enum.GetValues<CodeStatus>())
            from indent in Gen.Elements("", " ", "\t", "        ", new string(' ', ProtocolConstants.MaxIndent))
            from more in Gen.Elements(true, false)
            from error in OptionalText
            select (IMessage)new IsCompleteAnswerMessage(request, status, indent, more, error),
        [MessageType.CompleteAnswer] =
            from request in AnyInt64
            from start in Count
            from length in Count
            from matches in Strings
            from error in OptionalText
            select (IMessage)new CompleteAnswerMessage(request, start, (int)Math.Min(int.MaxValue, (long)start + length), matches, error),
        [MessageType.BudgetExceeded] =
            from run in Run
            from reason in Gen.Elements(Enum.GetValues<InterruptReason>().Where(reason => reason >= InterruptReason.Output).ToArray())
            select (IMessage)new BudgetExceededMessage(run, reason),
    };

    /// <summary>A message of any kind.</summary>
    public static Gen<IMessage> Any { get; } = Gen.OneOf(ByType.Values.ToArray());
}
