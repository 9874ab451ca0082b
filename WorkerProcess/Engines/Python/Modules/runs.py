"""Runs: compiling, the end, and the reset."""

import _procinterrupt as _native
import builtins
import gc
import linecache
import os
import sys
import threading
import weakref

_AST_ONLY = 0x400
_FUTURES = 0x1FE0000 if sys.version_info >= (3, 9) else 0
_future_flags = 0
_main = sys.modules["__main__"]
_initial_modules = frozenset(sys.modules)
_initial_path = None
_run_path = None
_thread_excepthook = threading.excepthook


def prepare(source, path, run, first_line):
    """Compiles a program: the code of its statements, and of its last one if that is an expression."""
    global _future_flags, _run_path
    _repair_streams()
    _leave_loop()
    _main.__dict__.setdefault("__name__", "__main__")
    filename = path or f"<run {run}>"
    if not path:
        _let_go_of_lines()
        _kept_lines[filename] = ()
    _keep_lines(source, filename, first_line)
    if path != _run_path:
        _enter_path(path)
    # CPython 3.11 up to 3.11.4 fails here when a finalizer that the collector calls meanwhile makes a syntax tree too.
    collects = gc.isenabled()
    try:
        gc.disable()
        tree = compile(source, filename, "exec", _AST_ONLY | _future_flags, True)
    except SyntaxError as error:
        for name in ("lineno", "end_lineno"):
            if getattr(error, name, None):
                setattr(error, name, getattr(error, name) + first_line - 1)
        raise
    finally:
        if collects:
            gc.enable()
    if first_line > 1:
        import ast
        ast.increment_lineno(tree, first_line - 1)
    last = None
    if tree.body and isinstance(tree.body[-1], _EXPRESSION):
        last = tree.body.pop()
    statements = expression = None
    if tree.body:
        statements = compile(tree, filename, "exec", _future_flags, True)
        _future_flags |= statements.co_flags & _FUTURES
    if last is not None:
        expression = compile(_AST_EXPRESSION(last.value), filename, "eval", _future_flags, True)
    if not path:
        _kept_lines[filename] = [weakref.ref(code) for whole in (statements, expression) if whole for code in _codes_in(whole)]
    return statements, expression


def _leave_loop():
    """An interrupt in the clean-up of asyncio.run leaves its loop as the running one, and asyncio would refuse the next."""
    events = sys.modules.get("asyncio.events")
    if events is not None:
        events._set_running_loop(None)


def _keep_lines(source, filename, first_line):
    """For tracebacks. A part of a script leaves the lines of the parts before it."""
    lines = source.splitlines(True)
    if first_line > 1:
        before = linecache.cache.get(filename)
        before = before[2] if before is not None and len(before) == 4 else []
        lines = (before + ["\n"] * first_line)[:first_line - 1] + lines
    linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)


# Of runs without a file: their code, by the name of it.
_kept_lines = {}
_most_kept_lines = 256


def _let_go_of_lines():
    """Nobody asks for the lines of code that is gone; now and then they go too, or a worker would grow with each run."""
    global _most_kept_lines
    if len(_kept_lines) <= _most_kept_lines:
        return
    for filename in list(_kept_lines):
        if all(code() is None for code in _kept_lines[filename]):
            del _kept_lines[filename]
            linecache.cache.pop(filename, None)
    _most_kept_lines = 2 * len(_kept_lines) + 256


def _codes_in(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from _codes_in(constant)


def _enter_path(path):
    """As python3 FILE and python3 -c: where modules are looked for first, and what the program is called."""
    global _run_path
    if _run_path is not None and sys.path and sys.path[0] == os.path.dirname(_run_path):
        sys.path[0] = ""
    if path is None:
        _main.__dict__.pop("__file__", None)
        sys.argv = [""]
    else:
        if sys.path and sys.path[0] == "":
            sys.path[0] = os.path.dirname(path)
        else:
            sys.path.insert(0, os.path.dirname(path))
        _main.__file__ = path
        sys.argv = [path]
    _run_path = path


def finish():
    """The end of a run, still interruptible: figures are shown, and what the code's own streams hold is written."""
    _show_figures()
    for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
        if type(stream) is not _Output and stream is not None:
            stream.flush()


def reset():
    """Forgets what runs have made: names, handlers, streams, and the modules that are not an installation's."""
    global _future_flags, outer_unraisable
    sys.settrace(None)
    sys.setprofile(None)  # first: the code's own would miss its names
    _future_flags = 0
    outer_unraisable = sys.__unraisablehook__
    namespace = _main.__dict__
    namespace.clear()
    namespace.update(__name__="__main__", __doc__=None, __package__=None, __loader__=None, __spec__=None, __builtins__=builtins)
    builtins.__dict__.pop("_", None)
    _reset_handlers()
    _set_wakeup_fd(-1)
    _native.set_alarm(0.0, 0.0)
    _install_streams()
    sys.unraisablehook = _native.unraisable
    sys.excepthook = sys.__excepthook__
    threading.excepthook = _thread_excepthook
    sys.displayhook = sys.__displayhook__
    sys.setrecursionlimit(_recursion_limit)
    _enter_path(None)
    sys.path[:] = _initial_path
    roots = tuple({os.path.join(root, "") for root in (sys.prefix, sys.base_prefix, sys.exec_prefix)} | {"/usr/lib/"})
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name not in _initial_modules and file and file.endswith(".py") and not os.path.abspath(file).startswith(roots) and "site-packages" not in file:
            del sys.modules[name]


_names_before = None


def remember_names():
    """Under a memory budget: what the names stand for before a run, without holding on to it."""
    global _names_before
    _names_before = {name: id(value) for name, value in _main.__dict__.items()}


def forget_new_names():
    """Takes away what a run that ran out of memory has made: it would hold the memory."""
    namespace = _main.__dict__
    for name in [name for name, value in namespace.items() if _names_before.get(name) != id(value)]:
        namespace.pop(name, None)
    builtins.__dict__.pop("_", None)
    sys.last_type = sys.last_value = sys.last_traceback = sys.last_exc = None
    gc.collect()
