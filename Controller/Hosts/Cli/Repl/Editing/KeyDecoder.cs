using System.Text;

namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>Makes keys of the bytes that a terminal sends: UTF-8, control characters and the escape sequences that terminals share.</summary>
/// <remarks>
/// No clock: an escape is the beginning of a sequence however late the rest comes, so that a slow line breaks no key.
/// Sequences that are not known are swallowed whole.
/// </remarks>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1b;
    private const byte Erase = 0x7f;
    private const string PasteStart = "200~";

    private static readonly byte[] PasteEnd = "\e[201~"u8.ToArray();

    private readonly List<byte> pending = [];
    private State state;
    private int wanted;

    private enum State
    {
        Ground,
        Utf8,
        Escape,
        Sequence,
        SingleShift,
        Paste,
    }

    /// <summary>Takes one byte.</summary>
    /// <returns>The key that it ends, or <see langword="null"/> when more has to come.</returns>
    public Key? Feed(byte next)
    {
        switch (state)
        {
            case State.Utf8 when (next & 0xc0) == 0x80:
                pending.Add(next);
                return --wanted > 0 ? null : End(new Key(KeyKind.Text, Encoding.UTF8.GetString([.. pending])));
            case State.Utf8:
                // The character was cut short; this byte is another's.
                Reset();
                return Ground(next);
            case State.Escape:
                return AfterEscape(next);
            case State.SingleShift:
                return End(new Key(Final((char)next)));
            case State.Sequence when next is >= 0x20 and < 0x40:
                pending.Add(next);
                return null;
            case State.Sequence when next is >= 0x40 and < Erase:
                pending.Add(next);
                return EndOfSequence(Encoding.ASCII.GetString([.. pending]));
            case State.Sequence:
                Reset();
                return Ground(next);
            case State.Paste:
                return Pasted(next);
            default:
                return Ground(next);
        }
    }

    /// <summary>Forgets a sequence that was begun.</summary>
    public void Reset()
    {
        state = State.Ground;
        pending.Clear();
    }

    private static Key Control(byte code) => new(code switch
    {
        0x01 => KeyKind.Home,
        0x02 => KeyKind.Left,
        0x03 => KeyKind.Interrupt,
        0x04 => KeyKind.DeleteOrEnd,
        0x05 => KeyKind.End,
        0x06 => KeyKind.Right,
        0x08 or Erase => KeyKind.Backspace,
        0x09 => KeyKind.Tab,
        0x0a or 0x0d => KeyKind.Enter,
        0x0b => KeyKind.KillToEnd,
        0x0c => KeyKind.ClearScreen,
        0x0e => KeyKind.Down,
        0x10 => KeyKind.Up,
        0x15 => KeyKind.KillToStart,
        0x17 => KeyKind.KillWord,
        0x19 => KeyKind.Yank,
        _ => KeyKind.None,
    });

    private static KeyKind Final(char final) => final switch
    {
        'A' => KeyKind.Up,
        'B' => KeyKind.Down,
        'C' => KeyKind.Right,
        'D' => KeyKind.Left,
        'H' => KeyKind.Home,
        'F' => KeyKind.End,
        _ => KeyKind.None,
    };

    private Key? Ground(byte next)
    {
        switch (next)
        {
            case Escape:
                state = State.Escape;
                return null;
            case < 0x20 or Erase:
                return Control(next);
            case < 0x80:
                return new Key(KeyKind.Text, ((char)next).ToString());
            case >= 0xc2 and < 0xf5:
                state = State.Utf8;
                wanted = next < 0xe0 ? 1 : next < 0xf0 ? 2 : 3;
                pending.Add(next);
                return null;
            default:
                return new Key(KeyKind.Text, "\uFFFD");
        }
    }

    private Key? AfterEscape(byte next)
    {
        switch (next)
        {
            case (byte)'[':
                state = State.Sequence;
                return null;
            case (byte)'O':
                state = State.SingleShift;
                return null;
            case Escape:
                return null;
            default:
                return End(new Key((char)next switch
                {
                    '\r' or '\n' => KeyKind.NewLine,
                    'b' or 'B' => KeyKind.WordLeft,
                    'f' or 'F' => KeyKind.WordRight,
                    'd' or 'D' => KeyKind.KillNextWord,
                    '\b' or (char)Erase => KeyKind.KillWord,
                    _ => KeyKind.None,
                }));
        }
    }

    private Key? EndOfSequence(string sequence)
    {
        if (sequence == PasteStart)
        {
            Reset();
            state = State.Paste;
            return null;
        }

        var isWithModifier = sequence.Contains(';', StringComparison.Ordinal);
        return End(new Key(sequence switch
        {
            "1~" or "7~" => KeyKind.Home,
            "4~" or "8~" => KeyKind.End,
            "3~" => KeyKind.Delete,
            [.., 'C'] when isWithModifier => KeyKind.WordRight,
            [.., 'D'] when isWithModifier => KeyKind.WordLeft,
            _ => Final(sequence[^1]),
        }));
    }

    private Key? Pasted(byte next)
    {
        pending.Add(next);
        if (next != PasteEnd[^1] || pending.Count < PasteEnd.Length || !pending.TakeLast(PasteEnd.Length).SequenceEqual(PasteEnd))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString([.. pending.SkipLast(PasteEnd.Length)]);
        return End(new Key(KeyKind.Paste, text.ReplaceLineEndings("\n")));
    }

    private Key End(Key key)
    {
        Reset();
        return key;
    }
}
