using System.Text;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>The session: names, values, errors, exits, output, input, threads, forks and ends.</summary>
public sealed class PythonSessionTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    private Task<Worker> WorkerAsync() => fixture.WorkerAsync(PythonLibraries.Default);

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Names_live_from_run_to_run_and_the_last_expression_is_the_value(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        Assert.Null(await worker.ValueAsync("x = 40\ndef add(n): return x + n\nclass Point: pass"));
        Assert.Equal("42", await worker.ValueAsync("y = 2\nadd(y)"));
        Assert.Equal("42", await worker.ValueAsync("_"));
        Assert.Equal("'__main__'", await worker.ValueAsync("Point.__module__"));
        Assert.Null(await worker.ValueAsync("None"));
        Assert.Equal("True", await worker.ValueAsync("import pickle\ntype(pickle.loads(pickle.dumps(Point()))) is Point"));
        await worker.ResetAsync("python").Soon();
        Assert.Equal("NameError", (await worker.EndsAsync("x")).Error?.Type);
        Assert.Equal("NameError", (await worker.EndsAsync("_")).Error?.Type);
    }

    [Fact]
    public async Task Plain_values_are_typed()
    {
        var worker = await WorkerAsync();
        (string Code, object? Typed)[] cases =
        [
            ("True", true), ("-7", -7L), ("2 ** 63 - 1", long.MaxValue), ("2 ** 63", null), ("1.5", 1.5), ("'\u00e9\\0'", "\u00e9\0"), ("[1]", null), ("'\\ud800'", null),
        ];
        foreach (var (code, typed) in cases)
        {
            Assert.Equal((code, typed), (code, (await worker.EndsAsync(code)).Value?.Typed));
        }

        Assert.Equal([0, 255], Assert.IsType<byte[]>((await worker.EndsAsync("b'\\0\\xff'")).Value?.Typed));
        Assert.Equal("'\\ud800'", await worker.ValueAsync("'\\ud800'"));
    }

    [Fact]
    public async Task Objects_have_their_other_forms_by_MIME_type()
    {
        var worker = await WorkerAsync();
        var value = (await worker.EndsAsync("""
            class Shown:
                def __repr__(self): return 'shown'
                def _repr_html_(self): return '<b>'
                def _repr_png_(self): return b'\x89PNG'
                def _repr_svg_(self): return None
                def _repr_json_(self): return {'a': 1}
                def _repr_mimebundle_(self, include=None, exclude=None): return {'text/x': 'x'}
            Shown()
            """)).Value!;
        Assert.Equal("shown", value.Text);
        Assert.Equal(
            new Dictionary<string, string> { ["text/html"] = "<b>", ["image/png"] = "iVBORw==", ["application/json"] = "{\"a\": 1}", ["text/x"] = "x" }.OrderBy(form => form.Key),
            value.Data.OrderBy(form => form.Key));
        var (_, stderr, result) = await worker.OutputAsync("class Half:\n    def __repr__(self): return 'half'\n    def _repr_html_(self): return 1 / 0\nHalf()");
        Assert.Equal("half", result.Value?.Text);
        Assert.Contains("ZeroDivisionError", stderr, StringComparison.Ordinal);
    }

    /// <summary>As an interrupt does in the clean-up of asyncio.run.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_running_loop_that_was_left_behind_does_not_stop_the_next_run(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ValueAsync("import asyncio\nasyncio.events._set_running_loop(asyncio.new_event_loop())");

        Assert.Equal("7", await worker.ValueAsync("async def main(): return 7\nasyncio.run(main())"));
    }

    [Fact]
    public async Task A_reset_of_one_engine_leaves_the_signal_handlers_of_the_other()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.SucceedsAsync("var hits = 0; Interrupt.Handle(Signal.User1, _ => hits++);");
        await worker.ValueAsync("import signal\nseen = []\nsignal.signal(12, lambda s, f: seen.append(s))");
        await worker.ResetAsync("python").Soon();
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (hits == 0) { } hits");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.Equal("1", (await run.Completion.Soon()).Value?.Text);

        await worker.ValueAsync("import signal\nseen = []\nsignal.signal(12, lambda s, f: seen.append(s))");
        await worker.ResetAsync("csharp").Soon();
        var other = await worker.GoAsync("print('go')\nwhile not seen: pass\nseen[0]");
        Assert.Equal(ReceiptStatus.Handled, (await other.InterruptAsync((Signal)12).Soon()).Status);
        Assert.Equal("12", (await other.Completion.Soon()).Value?.Text);
    }

    [Fact]
    public async Task A_hundred_megabytes_arrive_whole_and_in_order()
    {
        var worker = await WorkerAsync();
        var run = worker.Run("python", "for i in range(1000000): print('%099d' % i)", new RunOptions { WaitForReader = true });
        var position = 0L;
        var line = new StringBuilder();
        await foreach (var next in run.Events)
        {
            foreach (var c in (next as OutputEvent)?.Text ?? "")
            {
                if (c != '\n')
                {
                    line.Append(c);
                    continue;
                }

                Assert.Equal(position++.ToString("D99"), line.ToString());
                line.Clear();
            }
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal(1_000_000, position);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Input_and_getpass_ask_the_controller(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var run = worker.Run("python", "import getpass, sys\nprint(repr(input('name? ')), repr(getpass.getpass('secret? ')), repr(sys.stdin.readline()), repr([l for l in sys.stdin]))\ninput()");
        (string Prompt, bool Password, string? Text)[] expected = [("name? ", false, "Ada"), ("secret? ", true, "x\u00e9"), ("", false, "line"), ("", false, "a"), ("", false, null), ("", false, null)];
        var asked = 0;
        var text = "";
        await foreach (var next in run.Events)
        {
            text += (next as OutputEvent)?.Text;
            if (next is InputRequestEvent request)
            {
                Assert.Equal((expected[asked].Prompt, expected[asked].Password), (request.Prompt, request.Password));
                Assert.True(run.ReplyToInput(request, expected[asked].Text));
                asked++;
            }
        }

        Assert.Equal(expected.Length, asked);
        Assert.Equal("'Ada' 'x\u00e9' 'line\\n' ['a\\n']\n", text);
        var error = (await run.Completion.Soon()).Error!;
        Assert.Equal("EOFError", error.Type);
        Assert.DoesNotContain("procinterrupt", error.Traceback, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_a_thread_is_shown_and_threads_print_under_their_own_run()
    {
        var worker = await WorkerAsync();
        var (_, stderr, result) = await worker.OutputAsync("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()");
        Assert.Equal(RunOutcome.Succeeded, result.Outcome);
        Assert.Contains("ZeroDivisionError", stderr, StringComparison.Ordinal);

        await worker.ValueAsync("gate, done = threading.Event(), threading.Event()\ndef late():\n    gate.wait()\n    print('late')\n    done.set()\nthreading.Thread(target=late).start()");
        var (stdout, _, _) = await worker.OutputAsync("gate.set()\ndone.wait()\nprint('own')");
        Assert.Equal("own\n", stdout);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Forked_children_print_and_end_by_themselves(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var (stdout, _, _) = await worker.OutputAsync("import os, warnings\nwarnings.simplefilter('ignore')\nprint('once')\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('each')");
        Assert.Equal("once\neach\neach\n", stdout);
        Assert.Equal("(9, 0)", await worker.ValueAsync("pid = os.fork()\nif pid == 0:\n    while True: pass\nos.kill(pid, 9)\nstatus = os.waitpid(pid, 0)[1]\n(os.WTERMSIG(status), os.WEXITSTATUS(status))"));
        Assert.Equal("[1, 2]", await worker.ValueAsync("import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool: r = pool.map(abs, [-1, -2])\nr"));
        Assert.Equal("2", await worker.ValueAsync("1 + 1"));
    }

    [Fact]
    public async Task What_processes_write_arrives_whole_also_after_an_interrupted_first_run()
    {
        await using var worker = await PythonFixture.StartAsync(PythonLibraries.Default);
        var first = await worker.GoAsync("print('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await first.InterruptAsync().Soon()).Status);
        var (stdout, _, result) = await worker.OutputAsync("import subprocess\nsubprocess.run('yes 0123456789 | head -n 300000', shell=True)\nprint('end')", new RunOptions { WaitForReader = true });
        Assert.Equal(RunOutcome.Succeeded, result.Outcome);
        Assert.Equal((300000 * 11) + 4, stdout.Length);
        Assert.EndsWith("0123456789\nend\n", stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_figures_are_displayed_at_the_end_of_the_run()
    {
        // The real one need not be installed.
        var worker = await WorkerAsync();
        var folder = System.Text.Json.JsonSerializer.Serialize(Repository.PathOf("tests/EndToEnd/Python/StandIns"));
        await worker.ValueAsync($"import sys\nsys.dont_write_bytecode = True\nsys.path.insert(0, {folder})\nimport matplotlib, matplotlib.pyplot as plt");
        Assert.Equal("'agg'", await worker.ValueAsync("matplotlib.get_backend()"));
        var run = worker.Run("python", "print('before')\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nplt.figure()\nplt.plot([1], [2])\nplt.show()\nprint('after')");
        var events = new List<RunEvent>();
        await foreach (var next in run.Events)
        {
            events.Add(next);
        }

        var displays = events.OfType<DisplayEvent>().ToList();
        Assert.Equal(2, displays.Count);
        Assert.All(displays, display => Assert.StartsWith("iVBORw0KGgo", display.Data["image/png"], StringComparison.Ordinal));
        Assert.All(displays, display => Assert.Equal("<Figure size 640x480 with 1 Axes>", display.Data["text/plain"]));
        Assert.Equal("before\nafter\n", string.Concat(events.TakeWhile(next => next is not DisplayEvent).OfType<OutputEvent>().Select(output => output.Text)));
        Assert.Equal("[]", await worker.ValueAsync("plt.get_fignums()"));

        // A figure that an interrupted run has left open belongs to the next one.
        var stopped = await worker.GoAsync("plt.figure()\nprint('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await stopped.InterruptAsync().Soon()).Status);
        Assert.Equal("[1]", await worker.ValueAsync("plt.get_fignums()"));
        await worker.ValueAsync("sys.path.pop(0)\nfor name in list(sys.modules):\n    if name.startswith('matplotlib'): del sys.modules[name]");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_module_shows_things_and_says_how_far_it_is(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var run = worker.Run("python", """
            from procinterrupt import display, progress
            class Shown:
                def __repr__(self): return 'shown'
                def _repr_html_(self): return '<b>'
            print('first')
            display('text', Shown(), 42)
            display({'text/plain': 'raw', 'application/json': {'a': [1]}, 'image/png': b'PNG'}, raw=True)
            print('last')
            progress(0.5, 'half')
            progress(1)
            """);
        var events = new List<RunEvent>();
        await foreach (var next in run.Events)
        {
            events.Add(next);
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal(
            ["text/plain=text", "text/html=<b> text/plain=shown", "text/plain=42", "application/json={\"a\": [1]} image/png=UE5H text/plain=raw"],
            events.OfType<DisplayEvent>().Select(display => string.Join(' ', display.Data.OrderBy(form => form.Key).Select(form => $"{form.Key}={form.Value}"))));
        Assert.Equal("first\n", string.Concat(events.TakeWhile(next => next is not DisplayEvent).OfType<OutputEvent>().Select(output => output.Text)));
        var last = events.OfType<ProgressEvent>().Last();
        Assert.Equal((1.0, null), (last.Fraction, last.Message));
        foreach (var wrong in new[] { "progress(1.5)", "progress(-1)", "progress(float('nan'))", "display({}, raw=True)", "display({'plain': 'x'}, raw=True)" })
        {
            Assert.Equal((wrong, "ValueError"), (wrong, (await worker.EndsAsync($"from procinterrupt import *\n{wrong}")).Error?.Type));
        }
    }

    [Theory]
    [InlineData("input('b? ')", false)]
    [InlineData("getpass.getpass('b? ')", true)]
    public async Task A_question_after_an_interrupted_one_is_shown_with_its_own_prompt(string second, bool password)
    {
        var worker = await WorkerAsync();
        var run = worker.Run("python", $"import getpass\ntry: input('a? ')\nexcept KeyboardInterrupt: pass\n[{second}, input('c? ')]");
        var prompts = new List<string>();
        await foreach (var next in run.Events)
        {
            if (next is InputRequestEvent request)
            {
                prompts.Add(request.Prompt);
                if (request.Prompt == "a? ")
                {
                    Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
                    continue;
                }

                Assert.Equal((request.Prompt, password && request.Prompt == "b? "), (request.Prompt, request.Password));
                Assert.True(run.ReplyToInput(request, $"to {request.Prompt}"));
            }
        }

        Assert.Equal("['to b? ', 'to c? ']", (await run.Completion.Soon()).Value?.Text);
        Assert.Equal(["a? ", "b? ", "c? "], prompts);
    }

    [Fact]
    public async Task Both_engines_live_in_one_worker()
    {
        var worker = await WorkerAsync();
        await worker.ValueAsync("kept = 40");
        await worker.SucceedsAsync("var kept = 1;");
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        var python = await worker.GoAsync("print('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await python.InterruptAsync().Soon()).Status);
        Assert.Equal("41", await worker.ValueAsync("kept + 1"));
        Assert.Equal("2", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Theory]
    [InlineData("/nowhere/libpython3.11.so.1.0", "cannot be loaded")]
    [InlineData("libc.so.6", "is not a libpython")]
    public async Task A_library_that_cannot_be_used_is_a_clear_message_with_the_remedy(string library, string fault)
    {
        await using var worker = await PythonFixture.StartAsync(library);
        var engine = worker.Engines.Single(engine => engine.Name == "python");
        Assert.Contains(fault, engine.Unavailable, StringComparison.Ordinal);
        Assert.Contains("libpython3.11", engine.Unavailable, StringComparison.Ordinal);
        var result = await worker.EndsAsync("1");
        Assert.Equal((RunOutcome.Failed, "EngineUnavailable"), (result.Outcome, result.Error?.Type));
        Assert.Equal("2", (await worker.SucceedsAsync("1 + 1")).Value?.Text);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_virtual_environment_is_used(string library)
    {
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var plain = await fixture.WorkerAsync(library);
            var made = await plain.EndsAsync($"import venv\nvenv.create({System.Text.Json.JsonSerializer.Serialize(folder.FullName)}, symlinks=True)\nimport sys\nsys.version_info[1]");
            Assert.True(made.Outcome == RunOutcome.Succeeded, made.Error?.Traceback);
            var site = Path.Combine(folder.FullName, "lib", $"python3.{made.Value!.Text}", "site-packages");
            await File.WriteAllTextAsync(Path.Combine(site, "only_here.py"), "value = 42\n");
            await using var worker = await Worker.StartAsync(new WorkerOptions
            {
                Environment = new Dictionary<string, string?> { ["PROCINTERRUPT_LIBPYTHON"] = library, ["PROCINTERRUPT_PYTHON_VENV"] = folder.FullName },
            });
            Assert.Equal("42", await worker.ValueAsync("import only_here\nonly_here.value"));
            Assert.Equal($"'{folder.FullName}'", await worker.ValueAsync("import sys\nsys.prefix"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
