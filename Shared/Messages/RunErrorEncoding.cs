using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>An error as <c>[type, message, traceback]</c>, or nil.</summary>
internal static class RunErrorEncoding
{
    private const int ElementCount = 3;

    public static void Write(ref MessagePackWriter writer, RunError? error)
    {
        if (error is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(ElementCount);
        writer.Write(error.Type);
        writer.Write(error.Message);
        writer.Write(error.Traceback);
    }

    public static RunError? Read(ref FieldReader fields)
    {
        if (fields.Nil("error"))
        {
            return null;
        }

        fields.Array("error", ElementCount);
        return new RunError(fields.String("error.type"), fields.String("error.message"), fields.String("error.traceback"));
    }
}
