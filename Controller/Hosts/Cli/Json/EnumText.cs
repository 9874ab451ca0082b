using System.Text.Json;

namespace ProcInterrupt.Cli.Json;

/// <summary>Enum values as JSON shows them.</summary>
internal static class EnumText
{
    /// <summary>The value's name in camelCase; a value that has no name as its number.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
