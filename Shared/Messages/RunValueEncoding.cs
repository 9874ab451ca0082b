using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>A value as <c>[text, data, typed]</c>, or nil.</summary>
/// <remarks>
/// Typed is nil, a boolean, an integer of 64 signed bits, a float, a string or binary. Numbers of .NET that are narrower are
/// widened; whatever else is there, a <see cref="ulong"/> beyond <see cref="long.MaxValue"/> included, is left out as nil:
/// the text says it, and readers in other languages need no case for it.
/// </remarks>
internal static class RunValueEncoding
{
    private const int ElementCount = 3;
    private const string TypedField = "value.typed";

    public static void Write(ref MessagePackWriter writer, RunValue? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(ElementCount);
        writer.Write(value.Text);
        MimeBundle.Write(ref writer, value.Data);
        WriteTyped(ref writer, value.Typed);
    }

    public static RunValue? Read(ref FieldReader fields)
    {
        if (fields.Nil("value"))
        {
            return null;
        }

        fields.Array("value", ElementCount);
        return new RunValue(fields.String("value.text"), MimeBundle.Read(ref fields, "value.data"), ReadTyped(ref fields));
    }

    private static void WriteTyped(ref MessagePackWriter writer, object? typed)
    {
        switch (typed)
        {
            case bool value:
                writer.Write(value);
                break;
            case long or int or short or sbyte or byte or ushort or uint or ulong and <= long.MaxValue:
                writer.Write(Convert.ToInt64(typed, provider: null));
                break;
            case double value:
                writer.Write(value);
                break;
            case float value:
                writer.Write((double)value);
                break;
            case string value:
                writer.Write(value);
                break;
            case byte[] value:
                writer.Write(value);
                break;
            default:
                writer.WriteNil();
                break;
        }
    }

    private static object? ReadTyped(ref FieldReader fields)
    {
        if (fields.Nil(TypedField))
        {
            return null;
        }

        return fields.Peek(TypedField) switch
        {
            MessagePackType.Boolean => fields.Boolean(TypedField),
            MessagePackType.Integer => fields.Int64(TypedField),
            MessagePackType.Float => fields.Double(TypedField),
            MessagePackType.String => fields.String(TypedField),
            MessagePackType.Binary => fields.Bytes(TypedField),
            MessagePackType other => throw fields.Error($"a value's type expected, not {other}"),
        };
    }
}
