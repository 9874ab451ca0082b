using System.Text.Json.Nodes;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary><c>procinterrupt session</c> as a client meets it.</summary>
public sealed class SessionCommandTests
{
    private const string Busy = """Console.WriteLine("busy"); while (true) { }""";

    [Fact]
    public async Task A_transcript_of_two_runs()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(10, """Console.Write("out ü"); Console.Error.Write("err"); var kept = 41;""");
        await session.RunAsync(20, "kept + 1");
        Assert.Equal(0, await session.CloseAsync());
        var ready = session.Events[0];
        Assert.Contains(ready["engines"]!.AsArray(), engine => (string?)engine!["name"] == "csharp" && (string?)engine["version"] is { Length: > 0 });
        Assert.Equal("""{"event":"started","run":10}""", session.Events[1].ToJsonString());
        Assert.Contains(session.Events, e => JsonNode.DeepEquals(e, Parse("""{"event":"output","run":10,"stream":"stdout","text":"out ü"}""")));
        Assert.Contains(session.Events, e => JsonNode.DeepEquals(e, Parse("""{"event":"output","run":10,"stream":"stderr","text":"err"}""")));
        Assert.Equal(["started", "output", "completed"], session.Kinds(10));
        var completed = """{"event":"completed","run":10,"outcome":"succeeded","reason":null,"value":null,"exitCode":null,"error":null}""";
        Assert.True(JsonNode.DeepEquals(Parse(completed), session.Events.Single(e => Is(e, "completed", 10))), session.Transcript());
        Assert.Equal("""{"event":"started","run":20}""", session.Events[^2].ToJsonString());
        Assert.Equal(
            """{"event":"completed","run":20,"outcome":"succeeded","reason":null,"value":"42","exitCode":null,"error":null}""",
            session.Events[^1].ToJsonString());
        Assert.Equal("", session.Command.ErrorText);
    }

    [Fact]
    public async Task An_interrupt_gives_its_receipt_between_the_output_and_completed()
    {
        await using var session = await SessionClient.StartAsync();
        await session.CompleteAsync(1, "var kept = 41;");
        await session.RunAsync(2, Busy);
        await session.UntilPrintedAsync(2, "busy");
        await session.SendAsync("""{"op":"interrupt","run":2,"id":"a"}""");
        var completed = await session.UntilAsync("completed", 2);
        Assert.Equal(("interrupted", "user"), ((string?)completed["outcome"], (string?)completed["reason"]));
        Assert.Equal(["started", "output", "receipt", "completed"], session.Kinds(2));
        var receipt = session.Events.Single(e => Is(e, "receipt", 2));
        Assert.Equal(["event", "run", "id", "status", "rung", "statePreserved", "deferred", "takenMicros", "unwoundMicros", "reportedMicros", "rungs"], receipt.Select(field => field.Key));
        Assert.Equal(("a", "interrupted", "signal", true), ((string?)receipt["id"], (string?)receipt["status"], (string?)receipt["rung"], (bool?)receipt["statePreserved"]));
        Assert.True((long)receipt["takenMicros"]! <= (long)receipt["unwoundMicros"]!, receipt.ToJsonString());
        Assert.True((long)receipt["unwoundMicros"]! <= (long)receipt["reportedMicros"]!, receipt.ToJsonString());
        Assert.Equal("""[{"rung":"signal","micros":0}]""", receipt["rungs"]!.ToJsonString());
        Assert.Equal("42", (string?)(await session.CompleteAsync(3, "kept + 1"))["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task A_diagnosis_says_what_a_run_is_doing()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.UntilPrintedAsync(1, "busy");
        await session.SendAsync("""{"op":"diagnose","run":1,"id":"why"}""");
        var diagnosis = await session.UntilAsync("diagnosis", 1);
        Assert.Equal(["event", "run", "id", "activity", "interruptible", "call", "thread", "swallowed", "swallowedAt", "stack"], diagnosis.Select(field => field.Key));
        Assert.Equal(("why", "polling", true), ((string?)diagnosis["id"], (string?)diagnosis["activity"], (bool?)diagnosis["interruptible"]));
        Assert.Contains("line 1", (string?)diagnosis["stack"], StringComparison.Ordinal);
        await session.SendAsync("""{"op":"interrupt","run":1}""");
        await session.UntilAsync("completed", 1);
        await session.SendAsync("""{"op":"diagnose","run":1}""");
        Assert.Equal("notRunning", (string?)(await session.UntilAsync("diagnosis", 1))["activity"]);
        await session.SendAsync("""{"op":"diagnose","run":2}""");
        Assert.Contains("no run 2", (string?)(await session.UntilAsync("error"))["message"], StringComparison.Ordinal);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task Every_request_line_gets_one_receipt_with_its_own_id()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, """Interrupt.Handle(Signal.User1, _ => Console.WriteLine("handled")); Console.WriteLine("busy"); while (true) { }""");
        await session.UntilPrintedAsync(1, "busy");
        await session.SendAsync("""{"op":"interrupt","run":1,"signal":10,"id":"first"}""");
        Assert.Equal("handled", (string?)(await session.UntilAsync("receipt", 1))["status"]);
        foreach (var id in new[] { "\"same\"", "\"same\"", "17", "null" })
        {
            await session.SendAsync($$"""{"op":"interrupt","run":1,"id":{{id}}}""");
        }

        await session.SendAsync("""{"op":"interrupt","run":1}""");
        await session.UntilAsync("completed", 1);
        await session.SendAsync("""{"op":"interrupt","run":1,"id":"late"}""");
        await session.SendAsync("""{"op":"stop","run":1,"id":"later"}""");
        Assert.Equal(0, await session.CloseAsync());
        var receipts = session.Events.Where(e => Is(e, "receipt", 1)).ToArray();
        Assert.Equal(
            ["\"first\"", "\"late\"", "\"later\"", "\"same\"", "\"same\"", "17", "null", "null"],
            receipts.Select(receipt => receipt["id"]?.ToJsonString() ?? "null").Order(StringComparer.Ordinal));
        var end = session.Events.ToList().FindIndex(e => Is(e, "completed", 1));
        Assert.All(session.Events.Skip(end + 1).Where(e => Is(e, "receipt", 1)), receipt => Assert.Equal("tooLate", (string?)receipt["status"]));
        Assert.All(receipts.Where(receipt => receipt["id"]?.ToJsonString() is "\"late\"" or "\"later\""), receipt => Assert.Equal("tooLate", (string?)receipt["status"]));
    }

    [Fact]
    public async Task A_queued_run_that_is_interrupted_never_starts()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.RunAsync(2, "1");
        await session.RunAsync(3, "2");
        await session.UntilPrintedAsync(1, "busy");
        await session.SendAsync("""{"op":"interrupt","run":2,"id":"x"}""");
        var completed = await session.UntilAsync("completed", 2);
        Assert.Equal("interrupted", (string?)completed["outcome"]);
        Assert.Equal(["receipt", "completed"], session.Kinds(2));
        Assert.Equal("neverStarted", (string?)session.Events.Single(e => Is(e, "receipt", 2))["status"]);
        await session.SendAsync("""{"op":"interrupt","run":1,"id":"y"}""");
        Assert.Equal("2", (string?)(await session.UntilAsync("completed", 3))["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task Stop_climbs_to_insist_and_the_session_goes_on_and_to_terminate_and_it_ends()
    {
        await using var session = await SessionClient.StartAsync();
        await session.CompleteAsync(1, "var kept = 41;");
        await session.RunAsync(2, """while (true) { try { Console.WriteLine("busy"); while (true) { } } catch (KeyboardInterruptException) { } }""");
        await session.UntilPrintedAsync(2, "busy");
        await session.SendAsync("""{"op":"stop","run":2,"id":"a"}""");
        var insisted = await session.UntilAsync("receipt", 2);
        Assert.Equal(("a", "interrupted", "insist", true), ((string?)insisted["id"], (string?)insisted["status"], (string?)insisted["rung"], (bool?)insisted["statePreserved"]));
        Assert.Equal(["signal", "insist"], Rungs(insisted));
        Assert.InRange((long)insisted["rungs"]![1]!["micros"]!, 1_000_000, long.MaxValue);
        Assert.Equal("interrupted", (string?)(await session.UntilAsync("completed", 2))["outcome"]);
        Assert.Equal("42", (string?)(await session.CompleteAsync(3, "kept + 1"))["value"]);

        await session.RunAsync(4, """Console.WriteLine("busy"); System.Text.RegularExpressions.Regex.IsMatch(new string('a', 60) + "b", "^(a+)+$");""");
        await session.RunAsync(5, "1");
        await session.UntilPrintedAsync(4, "busy");
        await session.SendAsync("""{"op":"stop","run":4,"id":"b"}""");
        Assert.Equal(143, await session.EndAsync());
        Assert.Equal(["started", "output", "receipt", "completed"], session.Kinds(4));
        var receipt = session.Events.Single(e => Is(e, "receipt", 4));
        Assert.Equal(("b", "terminated", "terminate", false), ((string?)receipt["id"], (string?)receipt["status"], (string?)receipt["rung"], (bool?)receipt["statePreserved"]));
        Assert.Equal(["signal", "insist", "terminate"], Rungs(receipt));
        Assert.Equal("terminated", (string?)session.Events.Single(e => Is(e, "completed", 4))["outcome"]);
        Assert.Equal("workerLost", (string?)session.Events.Single(e => Is(e, "completed", 5))["outcome"]);
        Assert.Equal("error", (string?)session.Events[^1]["event"]);
    }

    [Fact]
    public async Task Stop_of_code_that_stops_is_an_interrupt()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.UntilPrintedAsync(1, "busy");
        await session.SendAsync("""{"op":"stop","run":1,"id":"b"}""");
        var receipt = await session.UntilAsync("receipt", 1);
        Assert.Equal(("interrupted", "signal", true), ((string?)receipt["status"], (string?)receipt["rung"], (bool?)receipt["statePreserved"]));
        Assert.Equal("2", (string?)(await session.CompleteAsync(2, "1 + 1"))["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task A_deadline_interrupts_with_its_reason()
    {
        await using var session = await SessionClient.StartAsync();
        var completed = await session.CompleteAsync(1, "while (true) { }", deadlineMs: 100);
        Assert.Equal(("interrupted", "deadline"), ((string?)completed["outcome"], (string?)completed["reason"]));
        Assert.Equal(["started", "completed"], session.Kinds(1));
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task Input_is_asked_for_and_answered()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, """var line = Console.ReadLine(); var end = Console.ReadLine(); line + "," + (end ?? "null")""");
        var request = await session.UntilAsync("input", 1);
        Assert.Equal("""{"event":"input","run":1,"prompt":"","password":false}""", request.ToJsonString());
        await session.SendAsync("""{"op":"input","run":1,"text":"grüße"}""");
        await session.UntilAsync("input", 1);
        await session.SendAsync("""{"op":"input","run":1,"text":null}""");
        Assert.Equal("\"grüße,null\"", (string?)(await session.UntilAsync("completed", 1))["value"]);
        await session.SendAsync("""{"op":"input","run":1,"text":"nobody asked"}""");
        Assert.Contains("does not wait for input", (string?)(await session.UntilAsync("error"))["message"], StringComparison.Ordinal);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task At_the_end_of_the_clients_input_the_queue_is_finished_and_code_reads_its_end()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, """Console.WriteLine("busy"); Console.ReadLine() ?? "null" """);
        await session.UntilAsync("input", 1);
        await session.RunAsync(2, """Console.ReadLine() ?? "null again" """);
        await session.SendAsync("""{"op":"reset"}""");
        Assert.Equal(0, await session.CloseAsync());
        Assert.Equal("\"null\"", (string?)session.Events.Single(e => Is(e, "completed", 1))["value"]);
        Assert.Equal("\"null again\"", (string?)session.Events.Single(e => Is(e, "completed", 2))["value"]);
        Assert.Equal("""{"event":"reset","engine":null}""", session.Events[^1].ToJsonString());
    }

    [Fact]
    public async Task Reset_queues_behind_the_runs_and_forgets_the_variables()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, "var kept = 41;");
        await session.RunAsync(2, "kept + 1");
        await session.SendAsync("""{"op":"reset","engine":"csharp"}""");
        await session.RunAsync(3, "kept + 1");
        await session.SendAsync("""{"op":"reset","engine":"cobol"}""");
        Assert.Equal(0, await session.CloseAsync());
        Assert.Equal("42", (string?)session.Events.Single(e => Is(e, "completed", 2))["value"]);
        Assert.Equal("failed", (string?)session.Events.Single(e => Is(e, "completed", 3))["outcome"]);
        var kinds = session.Events.Select(e => $"{e["event"]} {e["run"]}").ToList();
        Assert.InRange(kinds.IndexOf("reset "), kinds.IndexOf("completed 2") + 1, kinds.IndexOf("started 3") - 1);
        Assert.Contains("cobol", (string?)session.Events.Single(e => Is(e, "error"))["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_interrupts_the_current_run_and_the_queued_ones_never_start()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, """try { Console.WriteLine("busy"); while (true) { } } finally { Console.WriteLine("left cleanly"); }""");
        await session.RunAsync(2, "1");
        await session.UntilPrintedAsync(1, "busy");
        await session.SendAsync("""{"op":"shutdown"}""");
        Assert.Equal(0, await session.EndAsync());
        var first = session.Events.Single(e => Is(e, "completed", 1));
        Assert.Equal(("interrupted", "shutdown"), ((string?)first["outcome"], (string?)first["reason"]));
        Assert.Contains(session.Events, e => Is(e, "output", 1) && ((string?)e["text"])!.Contains("left cleanly", StringComparison.Ordinal));
        Assert.Equal("interrupted", (string?)session.Events.Single(e => Is(e, "completed", 2))["outcome"]);
        Assert.DoesNotContain("started", session.Kinds(2));
    }

    [Fact]
    public async Task A_bad_line_is_an_error_and_nothing_else_happens()
    {
        await using var session = await SessionClient.StartAsync();
        await session.CompleteAsync(5, "var kept = 41;");
        foreach (var (line, expected) in new[]
        {
            ("{", "Line 2: The line is not one JSON object"),
            ("""{"op":"run","run":5,"engine":"csharp","code":"1"}""", "Line 3: Run 5 was used before"),
            ("""{"op":"run","engine":"csharp","code":"1"}""", "\"run\" is missing"),
            ("""{"op":"interrupt","run":6}""", "no run 6"),
            ("""{"op":"stop","run":6}""", "no run 6"),
            ("""{"op":"input","run":6,"text":""}""", "no run 6"),
            ("""{"op":"interrupt","run":5,"signal":65}""", "1 to 64"),
            ("""{"op":"dance"}""", "dance"),
        })
        {
            await session.SendAsync(line);
            var error = await session.NextAsync();
            Assert.Equal(["event", "message"], error.Select(field => field.Key));
            Assert.Equal("error", (string?)error["event"]);
            Assert.Contains(expected, (string?)error["message"], StringComparison.Ordinal);
        }

        Assert.Equal("42", (string?)(await session.CompleteAsync(6, "kept + 1"))["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task Compile_errors_exceptions_and_an_unknown_engine_are_completed_as_failed()
    {
        await using var session = await SessionClient.StartAsync();
        var compile = await session.CompleteAsync(1, "int i = \"a\";");
        Assert.Equal(("failed", "CompilationError"), ((string?)compile["outcome"], (string?)compile["error"]!["type"]));
        Assert.Contains("(1,9): error CS0029", (string?)compile["error"]!["message"], StringComparison.Ordinal);
        var thrown = await session.CompleteAsync(2, "throw new FormatException(\"why\");");
        Assert.Equal(("System.FormatException", "why"), ((string?)thrown["error"]!["type"], (string?)thrown["error"]!["message"]));
        Assert.Equal(["type", "message", "traceback"], thrown["error"]!.AsObject().Select(field => field.Key));
        await session.SendAsync("""{"op":"run","run":3,"engine":"cobol","code":"1"}""");
        var unknown = await session.UntilAsync("completed", 3);
        Assert.Equal("failed", (string?)unknown["outcome"]);
        Assert.Contains("csharp", (string?)unknown["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task Output_after_the_end_of_a_run_carries_run_0()
    {
        await using var session = await SessionClient.StartAsync();
        await session.CompleteAsync(1, """var gate = new ManualResetEventSlim(); new Thread(() => { gate.Wait(); Console.WriteLine("from behind"); }).Start();""");
        await session.CompleteAsync(2, "gate.Set();");

        // The thread may have been quick enough to print before the run that woke it had ended.
        var output = session.Events.FirstOrDefault(e => (string?)e["event"] == "output") ?? await session.UntilAsync("output");
        Assert.Equal(("from behind", 0), (((string?)output["text"])!.TrimEnd(), (int?)output["run"]));
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task When_the_worker_dies_all_runs_are_told_and_the_session_ends_with_70()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.RunAsync(2, "1");
        await session.UntilPrintedAsync(1, "busy");
        await using (var kill = CommandProcess.StartProgram("kill", ["-9", $"{session.WorkerId}"]))
        {
            Assert.Equal(0, await kill.ExitCodeAsync());
        }

        Assert.Equal(70, await session.EndAsync());
        Assert.Equal("workerLost", (string?)session.Events.Single(e => Is(e, "completed", 1))["outcome"]);
        Assert.Equal("workerLost", (string?)session.Events.Single(e => Is(e, "completed", 2))["outcome"]);
        Assert.Equal("error", (string?)session.Events[^1]["event"]);
        Assert.Contains("start a new session", (string?)session.Events[^1]["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_while_idle_ends_the_session_too()
    {
        await using var session = await SessionClient.StartAsync();
        await using (var kill = CommandProcess.StartProgram("kill", ["-9", $"{session.WorkerId}"]))
        {
            Assert.Equal(0, await kill.ExitCodeAsync());
        }

        Assert.Equal(70, await session.EndAsync());
        Assert.Equal("error", (string?)session.Events[^1]["event"]);
    }

    [Fact]
    public async Task Sigterm_interrupts_and_exits_143()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.UntilPrintedAsync(1, "busy");
        session.Command.Signal(CommandProcess.SigTerm);
        Assert.Equal(143, await session.EndAsync());
        Assert.Equal("shutdown", (string?)session.Events.Single(e => Is(e, "completed", 1))["reason"]);
    }

    [Fact]
    public async Task Sigint_interrupts_the_current_run_without_a_receipt_and_ends_an_idle_session()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, Busy);
        await session.UntilPrintedAsync(1, "busy");
        session.Command.Signal(CommandProcess.SigInt);
        Assert.Equal("interrupted", (string?)(await session.UntilAsync("completed", 1))["outcome"]);
        Assert.Equal(["started", "output", "completed"], session.Kinds(1));
        session.Command.Signal(CommandProcess.SigInt);
        Assert.Equal(130, await session.EndAsync());
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_session_quietly()
    {
        await using var session = await SessionClient.StartAsync();
        await session.RunAsync(1, "while (true) Console.WriteLine(\"more\");");
        await session.UntilPrintedAsync(1, "more");
        session.Command.Output.Close();
        Assert.Equal((0, ""), (await session.Command.ExitCodeAsync(), session.Command.ErrorText));
        await CommandProcess.UntilGoneAsync(session.WorkerId);
    }

    [Fact]
    public async Task A_line_of_megabytes_is_run()
    {
        await using var session = await SessionClient.StartAsync();
        var completed = await session.CompleteAsync(1, $"// {new string('x', 5_000_000)}\n6 * 7");
        Assert.Equal("42", (string?)completed["value"]);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task A_thousand_queued_runs_are_reported_in_order()
    {
        await using var session = await SessionClient.StartAsync();
        for (var run = 1; run <= 1000; run++)
        {
            await session.RunAsync(run, $"{run} * 2");
        }

        Assert.Equal(0, await session.CloseAsync());
        Assert.Equal(
            Enumerable.Range(1, 1000).SelectMany(run => new[] { $"started {run}", $"completed {run} {run * 2}" }),
            session.Events.Skip(1).Select(e => $"{e["event"]} {e["run"]} {e["value"]}".TrimEnd()));
    }

    private static IEnumerable<string?> Rungs(JsonObject receipt) => receipt["rungs"]!.AsArray().Select(begun => (string?)begun!["rung"]);

    private static bool Is(JsonObject e, string kind, long? run = null) =>
        (string?)e["event"] == kind && (run is null || (long?)e["run"] == run);

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
