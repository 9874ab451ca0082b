using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class CatchTests
{
    private const string Busy = "static void Busy() { while (true) { } } static bool Yes(Exception e) { TestHooks.Note(\"asked\"); return true; }";

    [Theory]
    [InlineData("catch { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (SystemException) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception e) when (Yes(e)) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception) when (Yes(null!)) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch when (Yes(null!)) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception e) when (e is KeyboardInterruptException) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (IOException) { TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (IOException e) when (Yes(e)) { TestHooks.Note(\"eaten\"); } catch (ArgumentException) { } catch (Exception) { TestHooks.Note(\"eaten\"); }")]
    public void A_clause_that_catches_everything_does_not_catch_an_interrupt(string clause)
    {
        string body = $"{Busy} while (true) {{ try {{ TestHooks.Trip(); Busy(); }} {clause.Replace("IOException", "System.IO.IOException")} }}";

        Interrupted(body, []);
        Interrupted(body.Replace("while (true) { try", "while (true) { try { try { } finally { } } finally { } try", StringComparison.Ordinal), []);
    }

    [Theory]
    [InlineData("catch { return 1; }")]
    [InlineData("catch (Exception) { return 1; }")]
    [InlineData("catch (SystemException e) { return e.Message == \"x\" ? 1 : 2; }")]
    [InlineData("catch (Exception e) when (e.Message == \"x\") { return 1; }")]
    [InlineData("catch (Exception e) when (e.Message == \"y\") { return 2; } catch (InvalidOperationException) { return 1; }")]
    [InlineData("catch (ArgumentException) { return 2; } catch (Exception e) { return e is InvalidOperationException ? 1 : 2; }")]
    [InlineData("catch (OperationCanceledException) { return 2; } catch (Exception e) { return e is InvalidOperationException ? 1 : 2; }")]
    [InlineData("catch (Exception) when (Throws()) { return 2; } catch { return 1; } static bool Throws() => throw new Exception();")]
    public void Other_exceptions_are_caught_as_ever(string clause)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body($"try {{ throw new InvalidOperationException(\"x\"); }} {clause}", release));

            Assert.Null(outcome.Exception);
            Assert.Equal(1, outcome.Value);
            Assert.NotEqual(0, TestHooks.Catches);
        }
    }

    [Theory]
    [InlineData("catch (KeyboardInterruptException) { }", "caught KeyboardInterruptException")]
    [InlineData("catch (OperationCanceledException e) { TestHooks.Note(e.GetType().Name); }", "caught KeyboardInterruptException", "KeyboardInterruptException")]
    [InlineData("catch (KeyboardInterruptException e) when (e.Message != \"\") { }", "caught KeyboardInterruptException")]
    [InlineData("catch (KeyboardInterruptException) { if (TestHooks.Depth < 0) throw; }", "for now KeyboardInterruptException", "left")]
    [InlineData("catch (KeyboardInterruptException) { if (TestHooks.Depth < 0) throw; return 1; }", "for now KeyboardInterruptException", "left")]
    [InlineData("catch (KeyboardInterruptException) { try { throw; } catch (OperationCanceledException) { } }", "for now KeyboardInterruptException", "rethrows", "caught KeyboardInterruptException")]
    public void A_clause_for_interrupts_catches_one(string clause, params string[] log)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body($"{Busy} try {{ TestHooks.Trip(); Busy(); }} {clause} return 1;", release));

            Assert.Null(outcome.Exception);
            Assert.Equal(1, outcome.Value);
            Assert.Equal(log, TestHooks.Log);
            Assert.False(TestHooks.IsRaising);
        }
    }

    [Theory]
    [InlineData("catch (KeyboardInterruptException) { throw; }", "for now KeyboardInterruptException", "rethrows")]
    [InlineData("catch (OperationCanceledException) { try { TestHooks.Note(\"a\"); throw; } finally { TestHooks.Note(\"b\"); } }", "for now KeyboardInterruptException", "a", "rethrows", "b")]
    [InlineData("catch (OperationCanceledException) { try { throw; } catch (Exception) { TestHooks.Note(\"eaten\"); } }", "for now KeyboardInterruptException", "rethrows")]
    [InlineData("catch (OperationCanceledException) when (TestHooks.Depth > 0) { }")]
    public void A_clause_for_interrupts_may_throw_it_again(string clause, params string[] log) =>
        Interrupted($"{Busy} try {{ try {{ TestHooks.Trip(); Busy(); }} {clause} }} catch (Exception) {{ TestHooks.Note(\"eaten\"); }} return null;", log);

    [Fact]
    public void A_clause_for_interrupts_that_throws_another_exception_has_dealt_with_the_interrupt()
    {
        const string Body = Busy + "try { try { TestHooks.Trip(); Busy(); } catch (KeyboardInterruptException) { if (TestHooks.Depth > 0) throw; throw new InvalidOperationException(); } }"
            + "catch (InvalidOperationException) { TestHooks.Note(\"outer\"); } return 1;";
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(Body, release));

            Assert.Equal(1, outcome.Value);
            Assert.Equal(["for now KeyboardInterruptException", "left", "outer"], TestHooks.Log);
        }
    }

    [Fact]
    public void Insist_passes_clauses_for_interrupts_too()
    {
        foreach (bool release in new[] { true, false })
        {
            Snippet snippet = Snippet.Body(Busy + "while (true) { try { TestHooks.Insist(); Busy(); } catch (KeyboardInterruptException) { } catch (OperationCanceledException e) when (Yes(e)) { } }", release);
            Woven.Outcome outcome = Woven.Run(snippet);

            Assert.IsType<KeyboardInterruptException>(outcome.Exception);
            Assert.Empty(TestHooks.Log);
        }
    }

    [Fact]
    public void A_filter_is_left_before_the_next_handler_even_when_an_exception_ends_it()
    {
        const string Body = "static bool F() => throw new Exception(); int n = 0; for (int i = 0; i < 3; i++) try { throw new InvalidOperationException(); }"
            + "catch (InvalidOperationException) when (F()) { n += 100; } catch { n++; } TestHooks.Trip(); while (true) { n++; }";

        Interrupted(Body, []);

        Assert.Equal(3, TestHooks.Filters);
    }

    [Fact]
    public void Nothing_is_raised_in_a_filter()
    {
        const string Body = "static bool F() { TestHooks.Trip(); for (int i = 0; i < 100; i++) ; TestHooks.Note(\"filter\"); return true; }"
            + "try { throw new InvalidOperationException(); } catch (InvalidOperationException) when (F()) { TestHooks.Note(\"handler\"); } while (true) { }";

        Interrupted(Body, ["filter", "handler"]);
    }

    [Fact]
    public void The_clause_of_an_async_method_that_completes_its_task_is_left_alone()
    {
        const string Body = "static async Task A() { await Task.Yield(); TestHooks.Trip(); while (true) { } }"
            + "Task a = A(); while (!a.IsCompleted) { Thread.Sleep(1); } TestHooks.Note(a.Exception?.InnerException?.GetType().Name ?? a.Status.ToString()); return null;";
        foreach (bool release in new[] { true, false })
        {
            _ = Woven.Run(Snippet.Body(Body.Replace("while (!a.IsCompleted) { Thread.Sleep(1); }", "((IAsyncResult)a).AsyncWaitHandle.WaitOne();", StringComparison.Ordinal), release));

            Assert.Equal(["Canceled"], TestHooks.Log);
        }
    }

    [Theory]
    [InlineData("catch { await Task.Yield(); TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception) { await Task.Yield(); TestHooks.Note(\"eaten\"); }")]
    [InlineData("catch (Exception) { await Task.Yield(); throw; }")]
    public void A_catch_with_await_is_not_taken_for_a_finally(string clause)
    {
        string body = $"static async Task A() {{ while (true) {{ try {{ await Task.Yield(); TestHooks.Trip(); while (true) {{ }} }} {clause} }} }} A().GetAwaiter().GetResult(); return null;";
        Interrupted(body, []);
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(
                $"static async Task A() {{ try {{ await Task.Yield(); throw new InvalidOperationException(); }} {clause} }} try {{ A().GetAwaiter().GetResult(); }} catch (InvalidOperationException) {{ }} return TestHooks.Depth;", release));
            Assert.Null(outcome.Exception);
            Assert.Equal(0, outcome.Value);
        }
    }

    [Fact]
    public void A_clause_for_interrupts_with_await_catches_one()
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(
                "static async Task<int> A() { try { await Task.Yield(); TestHooks.Trip(); while (true) { } } catch (KeyboardInterruptException) { await Task.Yield(); return 1; } } return A().GetAwaiter().GetResult();", release));
            Assert.Equal(1, outcome.Value);
            Assert.Equal(["caught KeyboardInterruptException"], TestHooks.Log);
        }
    }

    private static void Interrupted(string body, string[] log)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body(body, release));

            Assert.IsType<KeyboardInterruptException>(outcome.Exception);
            Assert.Equal(log, TestHooks.Log);
            Assert.Equal(0, outcome.Depth);
        }
    }
}
