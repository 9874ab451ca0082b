using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ProcInterrupt.Tests.Shared.MessagePack;

/// <summary>Python's <c>msgpack</c> as Debian packages it, to which this project owes nothing.</summary>
internal static class IndependentImplementation
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Standard input: JSON of the form that WireTree writes, one value a line; standard output: each packed, in hex, one a line.</summary>
    private const string Pack = """
        def value(node):
            if not isinstance(node, list): return node
            kind, content = node
            if kind == "i": return int(content)
            if kind == "f": return struct.unpack(">d", bytes.fromhex(content))[0]
            if kind == "s": return content
            if kind == "b": return bytes.fromhex(content)
            if kind == "a": return [value(element) for element in content]
            if kind == "m": return {value(k): value(v) for k, v in content}
        for line in sys.stdin:
            print(msgpack.packb(value(json.loads(line)), use_bin_type=True).hex())
        """;

    /// <summary>The other way round.</summary>
    private const string Unpack = """
        def node(value):
            if value is None or value is True or value is False: return value
            if isinstance(value, int): return ["i", str(value)]
            if isinstance(value, float): return ["f", struct.pack(">d", value).hex()]
            if isinstance(value, str): return ["s", value]
            if isinstance(value, bytes): return ["b", value.hex()]
            if isinstance(value, Pairs): return ["m", [[node(k), node(v)] for k, v in value]]
            if isinstance(value, list): return ["a", [node(element) for element in value]]
        class Pairs(list): pass
        for line in sys.stdin:
            print(json.dumps(node(msgpack.unpackb(bytes.fromhex(line), raw=False, strict_map_key=False, object_pairs_hook=Pairs))))
        """;

    public static IReadOnlyList<byte[]> PackAll(IEnumerable<JsonNode?> values)
        => [.. Execute(Pack, values.Select(value => value?.ToJsonString() ?? "null")).Select(Convert.FromHexString)];

    public static IReadOnlyList<JsonNode?> UnpackAll(IEnumerable<byte[]> packed)
        => [.. Execute(Unpack, packed.Select(Convert.ToHexStringLower)).Select(line => JsonNode.Parse(line))];

    private static List<string> Execute(string script, IEnumerable<string> lines)
    {
        const string Preamble = """
            import json, struct, sys
            try:
                import msgpack
            except ImportError:
                sys.exit("no module msgpack")

            """;
        var start = new ProcessStartInfo(Python, ["-c", Preamble + script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        Process python;
        try
        {
            python = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{Python} does not start; install the Debian package python3-msgpack.", e);
        }

        using (python)
        {
            Task<string> output = python.StandardOutput.ReadToEndAsync();
            Task<string> errors = python.StandardError.ReadToEndAsync();
            try
            {
                foreach (string line in lines)
                {
                    python.StandardInput.WriteLine(line);
                }

                python.StandardInput.Close();
            }
            catch (IOException) when (python.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                // It ended early; what it said on standard error is told below.
            }

            if (!python.WaitForExit(TimeSpan.FromMinutes(2)))
            {
                python.Kill();
                throw new TimeoutException("Python did not end within two minutes.");
            }

            string complaint = errors.GetAwaiter().GetResult();
            if (complaint.Contains("no module msgpack", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{Python} has no module msgpack; install the Debian package python3-msgpack.");
            }

            return python.ExitCode == 0
                ? [.. output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries)]
                : throw new InvalidOperationException($"Python failed: {complaint}");
        }
    }
}
