using System.Runtime.CompilerServices;

namespace ProcInterrupt.Tests.Support;

/// <summary>Where the sources are, for tests about them.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "ProcInterrupt.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No ProcInterrupt.sln above {here}.");
    }
}
