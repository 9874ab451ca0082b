using System.Reflection;
using MessagePack;
using Xunit;

namespace ProcInterrupt.Tests.Shared.MessagePack;

/// <summary>
/// What we use has to be in the MessagePack package as well, or the build with <c>UseMessagePackPackage=true</c> breaks. The list
/// was compared with the package's own record of its public API (version 3, PublicAPI.Shipped.txt); extend it the same way.
/// </summary>
public sealed class PackageApiTests
{
    private static readonly string[] Writer =
    [
        "Void .ctor(System.Buffers.IBufferWriter`1[System.Byte])",
        "Void Flush()",
        "Void Write(Boolean)",
        "Void Write(Byte)",
        "Void Write(Byte[])",
        "Void Write(Double)",
        "Void Write(Int16)",
        "Void Write(Int32)",
        "Void Write(Int64)",
        "Void Write(SByte)",
        "Void Write(Single)",
        "Void Write(System.ReadOnlySpan`1[System.Byte])",
        "Void Write(System.ReadOnlySpan`1[System.Char])",
        "Void Write(System.String)",
        "Void Write(UInt16)",
        "Void Write(UInt32)",
        "Void Write(UInt64)",
        "Void WriteArrayHeader(Int32)",
        "Void WriteMapHeader(Int32)",
        "Void WriteNil()",
        "Void WriteString(System.ReadOnlySpan`1[System.Byte])",
    ];

    private static readonly string[] Reader =
    [
        "Boolean ReadBoolean()",
        "Boolean TryReadNil()",
        "Boolean get_End()",
        "Byte get_NextCode()",
        "Double ReadDouble()",
        "Int32 ReadArrayHeader()",
        "Int32 ReadInt32()",
        "Int32 ReadMapHeader()",
        "Int64 ReadInt64()",
        "Int64 get_Consumed()",
        "MessagePack.MessagePackType get_NextMessagePackType()",
        "System.Nullable`1[System.Buffers.ReadOnlySequence`1[System.Byte]] ReadBytes()",
        "System.Nullable`1[System.Buffers.ReadOnlySequence`1[System.Byte]] ReadStringSequence()",
        "System.String ReadString()",
        "UInt32 ReadUInt32()",
        "UInt64 ReadUInt64()",
        "Void .ctor(System.Buffers.ReadOnlySequence`1[System.Byte] ByRef)",
        "Void .ctor(System.ReadOnlyMemory`1[System.Byte])",
        "Void Skip()",
    ];

    private static readonly string[] Types =
        ["Unknown 0", "Integer 1", "Nil 2", "Boolean 3", "Float 4", "String 5", "Binary 6", "Array 7", "Map 8", "Extension 9"];

    private static bool Ours => typeof(MessagePackWriter).Assembly == typeof(ProtocolException).Assembly;

    [Fact]
    public void The_writer_has_what_the_package_has() => Compare(Writer, typeof(MessagePackWriter));

    [Fact]
    public void The_reader_has_what_the_package_has() => Compare(Reader, typeof(MessagePackReader));

    [Fact]
    public void The_types_have_the_numbers_of_the_package()
        => Assert.Equal(Types, Enum.GetValues<MessagePackType>().Select(type => $"{type} {(int)type}"));

    private static void Compare(string[] expected, Type type)
    {
        IEnumerable<MethodBase> members = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        string[] actual = [.. members.Concat(type.GetConstructors()).Select(member => member.ToString()!).Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Ours ? actual : actual.Intersect(expected));
    }
}
