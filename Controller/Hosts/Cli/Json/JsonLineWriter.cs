using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProcInterrupt.Cli.Json;

/// <summary>Writes one JSON object a line, each with one write. Safe from any thread.</summary>
/// <remarks>Once a write has failed, later objects are dropped and <see cref="Closed"/> says why.</remarks>
internal sealed class JsonLineWriter
{
    // Relaxed: what is written is never put into HTML, and people read it.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();
    private readonly Stream output;
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly TaskCompletionSource<IOException> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JsonLineWriter(Stream output) => this.output = output;

    /// <summary>Completes, with the failure as its result, when a write has failed.</summary>
    public Task<IOException> Closed => closed.Task;

    /// <param name="writeFields">Writes the object's fields.</param>
    public void Write(Action<Utf8JsonWriter> writeFields)
    {
        lock (gate)
        {
            if (closed.Task.IsCompleted)
            {
                return;
            }

            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, Options))
            {
                json.WriteStartObject();
                writeFields(json);
                json.WriteEndObject();
            }

            line.Write("\n"u8);
            try
            {
                output.Write(line.WrittenSpan);
                output.Flush();
            }
            catch (IOException failure)
            {
                closed.TrySetResult(failure);
            }
        }
    }
}
