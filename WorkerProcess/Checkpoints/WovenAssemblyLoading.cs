using System.Reflection;
using System.Runtime.Loader;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Loads woven assemblies from memory.</summary>
internal static class WovenAssemblyLoading
{
    public static Assembly Load(this WovenAssembly woven, AssemblyLoadContext context)
    {
        using var image = new MemoryStream(woven.Assembly, writable: false);
        using MemoryStream? symbols = woven.Symbols is null ? null : new MemoryStream(woven.Symbols, writable: false);
        return context.LoadFromStream(image, symbols);
    }
}
