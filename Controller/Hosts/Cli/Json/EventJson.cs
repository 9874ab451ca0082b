using System.Text.Json;

namespace ProcInterrupt.Cli.Json;

/// <summary>What a session reports, as the fields of one JSON object.</summary>
internal static class EventJson
{
    public static void WriteReady(Utf8JsonWriter json, Worker worker)
    {
        json.WriteString("event", "ready");
        json.WriteNumber("pid", worker.ProcessId);
        WriteEngines(json, worker.Engines);
    }

    public static void WriteEngines(Utf8JsonWriter json, IReadOnlyList<EngineInfo> engines)
    {
        json.WriteStartArray("engines");
        foreach (var engine in engines)
        {
            json.WriteStartObject();
            json.WriteString("name", engine.Name);
            json.WriteString("version", engine.Unavailable is null ? engine.Version : null);
            json.WriteString("unavailable", engine.Unavailable);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteStarted(Utf8JsonWriter json, long run) => WriteHead(json, "started", run);

    public static void WriteOutput(Utf8JsonWriter json, long run, OutputEvent output)
    {
        WriteHead(json, "output", run);
        json.WriteString("stream", EnumText.Of(output.Stream));
        json.WriteString("text", output.Text);
    }

    public static void WriteProgress(Utf8JsonWriter json, long run, ProgressEvent progress)
    {
        WriteHead(json, "progress", run);
        json.WriteNumber("fraction", progress.Fraction);
        json.WriteString("message", progress.Message);
    }

    public static void WriteDisplay(Utf8JsonWriter json, long run, DisplayEvent display)
    {
        WriteHead(json, "display", run);
        json.WriteStartObject("data");
        foreach (var (type, data) in display.Data)
        {
            json.WriteString(type, data);
        }

        json.WriteEndObject();
    }

    public static void WriteInput(Utf8JsonWriter json, long run, InputRequestEvent request)
    {
        WriteHead(json, "input", run);
        json.WriteString("prompt", request.Prompt);
        json.WriteBoolean("password", request.Password);
    }

    public static void WriteReceipt(Utf8JsonWriter json, long run, JsonElement? id, InterruptReceipt receipt)
    {
        WriteHead(json, "receipt", run);
        WriteId(json, id);
        WriteReceiptFields(json, receipt);
    }

    public static void WriteDiagnosis(Utf8JsonWriter json, long run, JsonElement? id, RunDiagnosis diagnosis)
    {
        WriteHead(json, "diagnosis", run);
        WriteId(json, id);
        WriteDiagnosisFields(json, diagnosis);
    }

    public static void WriteCompleted(Utf8JsonWriter json, long run, RunResult result)
    {
        WriteHead(json, "completed", run);
        json.WriteString("outcome", EnumText.Of(result.Outcome));
        json.WriteString("reason", result.Reason is { } reason ? EnumText.Of(reason) : null);
        json.WriteString("value", result.Value?.Text);
        WriteNumberOrNull(json, "exitCode", result.ExitCode);
        if (result.Error is { } error)
        {
            json.WriteStartObject("error");
            json.WriteString("type", error.Type);
            json.WriteString("message", error.Message);
            json.WriteString("traceback", error.Traceback);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error");
        }
    }

    public static void WriteReceipts(Utf8JsonWriter json, IReadOnlyList<InterruptReceipt> receipts)
    {
        json.WriteStartArray("receipts");
        foreach (var receipt in receipts)
        {
            json.WriteStartObject();
            WriteReceiptFields(json, receipt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteReset(Utf8JsonWriter json, string? engine)
    {
        json.WriteString("event", "reset");
        json.WriteString("engine", engine);
    }

    public static void WriteError(Utf8JsonWriter json, string message)
    {
        json.WriteString("event", "error");
        json.WriteString("message", message);
    }

    private static void WriteReceiptFields(Utf8JsonWriter json, InterruptReceipt receipt)
    {
        json.WriteString("status", EnumText.Of(receipt.Status));
        json.WriteString("rung", EnumText.Of(receipt.Rung));
        json.WriteBoolean("statePreserved", receipt.StatePreserved);
        json.WriteBoolean("deferred", receipt.Deferred);
        WriteNumberOrNull(json, "takenMicros", receipt.TakenMicros);
        WriteNumberOrNull(json, "unwoundMicros", receipt.UnwoundMicros);
        json.WriteNumber("reportedMicros", receipt.ReportedMicros);
        json.WriteStartArray("rungs");
        foreach (var begun in receipt.Rungs)
        {
            json.WriteStartObject();
            json.WriteString("rung", EnumText.Of(begun.Rung));
            json.WriteNumber("micros", begun.Micros);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (receipt.Diagnosis is { } diagnosis)
        {
            json.WriteStartObject("diagnosis");
            WriteDiagnosisFields(json, diagnosis);
            json.WriteEndObject();
        }
    }

    private static void WriteDiagnosisFields(Utf8JsonWriter json, RunDiagnosis diagnosis)
    {
        json.WriteString("activity", EnumText.Of(diagnosis.Activity));
        json.WriteBoolean("interruptible", diagnosis.IsInterruptible);
        json.WriteString("call", diagnosis.Call);
        json.WriteString("thread", diagnosis.Thread);
        json.WriteNumber("swallowed", diagnosis.Swallowed);
        json.WriteString("swallowedAt", diagnosis.SwallowedAt);
        json.WriteString("stack", diagnosis.Stack);
    }

    private static void WriteId(Utf8JsonWriter json, JsonElement? id)
    {
        json.WritePropertyName("id");
        if (id is { } given)
        {
            given.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteHead(Utf8JsonWriter json, string name, long run)
    {
        json.WriteString("event", name);
        json.WriteNumber("run", run);
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } present)
        {
            json.WriteNumber(name, present);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
