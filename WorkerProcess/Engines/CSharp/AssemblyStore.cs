namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>The assemblies a session may load from files, each read once. Thread-safe: code may load on any thread.</summary>
internal sealed class AssemblyStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ReferencedAssembly> byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReferencedAssembly> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> folders = [];

    /// <summary>Reads the file, or answers what was read from it before in this session.</summary>
    public ReferencedAssembly Add(string path)
    {
        lock (gate)
        {
            if (byPath.TryGetValue(path, out ReferencedAssembly? known))
            {
                return known;
            }

            ReferencedAssembly read = ReferencedAssembly.Read(path);
            byPath.Add(path, read);
            byName.TryAdd(read.Name, read);
            string folder = Path.GetDirectoryName(path)!;
            if (!folders.Contains(folder, StringComparer.Ordinal))
            {
                folders.Add(folder);
            }

            return read;
        }
    }

    /// <summary>An assembly of this simple name that was referred to, or whose file stands beside one that was.</summary>
    public ReferencedAssembly? FindBeside(string name)
    {
        lock (gate)
        {
            if (byName.TryGetValue(name, out ReferencedAssembly? known))
            {
                return known;
            }

            foreach (string folder in folders)
            {
                string path = Path.Combine(folder, name + ".dll");
                if (File.Exists(path))
                {
                    return Add(path);
                }
            }

            return null;
        }
    }

    /// <summary>A native library that stands beside an assembly that was referred to.</summary>
    public string? FindNative(string name)
    {
        lock (gate)
        {
            foreach (string folder in folders)
            {
                foreach (string file in (string[])[name, name + ".so", "lib" + name + ".so", name + ".dll", "lib" + name + ".dylib"])
                {
                    string path = Path.Combine(folder, file);
                    if (File.Exists(path))
                    {
                        return path;
                    }
                }
            }

            return null;
        }
    }
}
