using System.Reflection.PortableExecutable;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Rewrites IL with Mono.Cecil; one instance serves all assemblies of a worker.</summary>
internal sealed class Weaver : IWeaver
{
    private readonly WeaverOptions options;
    private readonly HookSignatures signatures;

    /// <param name="options">The constants to write into code.</param>
    /// <exception cref="ArgumentException">The hooks type is not public, or lacks a method of <see cref="WovenCode"/>.</exception>
    public Weaver(WeaverOptions options)
    {
        this.options = options;
        signatures = new HookSignatures(options.Hooks);
    }

    /// <inheritdoc/>
    public WovenAssembly Weave(byte[] assembly, byte[]? symbols)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        using ModuleDefinition module = ReadModule(assembly);
        var unchanged = new WovenAssembly(assembly, symbols);
        if (IsOwn(module) || WovenMark.IsOn(module) || !TryMakePortable(assembly, module))
        {
            return unchanged;
        }

        bool hasSymbols = TryReadSymbols(module, symbols);
        TopLevelMachine.MakeClass(module);
        var weaver = new ModuleWeaver(module, signatures, options);
        if (!weaver.Weave())
        {
            return unchanged;
        }

        WovenMark.Put(module);
        return Write(module, assembly.Length, hasSymbols);
    }

    private static bool IsOwn(ModuleDefinition module) =>
        module.Assembly?.Name.Name is "ProcInterrupt.Shared" or "ProcInterrupt.Controller" or "ProcInterrupt.WorkerProcess";

    private static ModuleDefinition ReadModule(byte[] assembly)
    {
        try
        {
            return ModuleDefinition.ReadModule(
                new MemoryStream(assembly, writable: false),
                new ReaderParameters(ReadingMode.Deferred) { AssemblyResolver = NoAssemblies.Instance, MetadataResolver = new ConstantTypeResolver() });
        }
        catch (Exception e) when (e is not (BadImageFormatException or OutOfMemoryException))
        {
            // Cecil trusts the headers' numbers and fails in many ways when they lie.
#pragma warning disable MA0012 // The runtime's own type for this, which whoever loads assemblies catches anyway.
            throw new BadImageFormatException("The image is not a .NET assembly.", e);
#pragma warning restore MA0012
        }
    }

    // Precompiled (ReadyToRun) code would bypass the checkpoints, so only its IL is kept. C++/CLI images cannot be rewritten.
    private static bool TryMakePortable(byte[] assembly, ModuleDefinition module)
    {
        if ((module.Attributes & ModuleAttributes.ILOnly) != 0)
        {
            return true;
        }

        using var image = new PEReader(new MemoryStream(assembly, writable: false));
        if (image.PEHeaders.CorHeader is not { ManagedNativeHeaderDirectory.Size: > 0 })
        {
            return false;
        }

        module.Attributes = (module.Attributes & ~(ModuleAttributes)0x4) | ModuleAttributes.ILOnly;
        module.Architecture = TargetArchitecture.I386;
        return true;
    }

    private static bool TryReadSymbols(ModuleDefinition module, byte[]? symbols)
    {
        try
        {
            if (symbols is not null)
            {
                module.ReadSymbols(new PortablePdbReaderProvider().GetSymbolReader(module, new MemoryStream(symbols, writable: false)));
                return true;
            }

            if (module.HasDebugHeader && module.GetDebugHeader().Entries.Any(e => e.Directory.Type == ImageDebugType.EmbeddedPortablePdb))
            {
                module.ReadSymbols(new EmbeddedPortablePdbReaderProvider().GetSymbolReader(module, string.Empty));
                return true;
            }
        }
        catch (Exception e) when (e is SymbolsNotMatchingException or BadImageFormatException or InvalidOperationException or ArgumentException or IOException)
        {
            // Symbols of another build, or not portable ones: the code is woven all the same, tracebacks go without lines.
            return false;
        }

        return false;
    }

    private static WovenAssembly Write(ModuleDefinition module, int sizeHint, bool hasSymbols)
    {
        using var image = new MemoryStream(sizeHint + (sizeHint / 2) + 4096);
        if (!hasSymbols)
        {
            module.Write(image, new WriterParameters());
            return new WovenAssembly(image.ToArray(), null);
        }

        using var pdb = new MemoryStream();
        module.Write(image, new WriterParameters { WriteSymbols = true, SymbolStream = pdb, SymbolWriterProvider = new PortablePdbWriterProvider() });
        return new WovenAssembly(image.ToArray(), pdb.ToArray());
    }
}
