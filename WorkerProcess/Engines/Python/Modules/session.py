"""The Python side of the session: what a run finds in place of a terminal, of signals and of an interactive prompt.

Executed once, as the module _procinterrupt_session. Frames of this file are left out of tracebacks.
"""

import _procinterrupt as _native
import _signal
import _thread
import builtins
import errno
import faulthandler
import getpass
import io
import linecache
import os
import signal
import sys
import threading
import time

_HERE = "<procinterrupt>"
_PRIVATE_SIGNAL = 62
_STACK_SIGNAL = 61
_MAX_SIGNAL = 64
_UNCATCHABLE = (9, 19, 32, 33)
_DEFAULT, _IGNORE, _HANDLER, _RAISE, _ASYNCIO = range(5)
_main_thread = _thread.get_ident()


# --- Standard streams ------------------------------------------------------------------------------------------------

class _BinaryOutput(io.BufferedIOBase):
    def __init__(self, descriptor):
        self._descriptor = descriptor

    def write(self, data):
        if self.closed:
            raise ValueError("write to closed file")
        data = bytes(data)
        _native.write_bytes(self._descriptor, data)
        return len(data)

    def fileno(self):
        return self._descriptor

    def writable(self):
        return True


class _Output(io.TextIOBase):
    """sys.stdout and sys.stderr. `write` is a function of the worker's, with no frame of ours."""

    encoding = "utf-8"
    errors = "backslashreplace"
    newlines = None
    mode = "w"
    line_buffering = True
    write_through = True

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self.name = "<stdout>" if descriptor == 1 else "<stderr>"
        self.buffer = _BinaryOutput(descriptor)
        self.write = _native.write_out if descriptor == 1 else _native.write_err

    def _write_closed(self, text):
        raise ValueError("I/O operation on closed file.")

    def close(self):
        self.write = self._write_closed
        super().close()

    def fileno(self):
        return self._descriptor

    def writable(self):
        return True

    def reconfigure(self, **options):
        pass


class _Input(io.TextIOBase):
    """sys.stdin: asks for a line at a time."""

    encoding = "utf-8"
    errors = "strict"
    newlines = None
    mode = "r"
    name = "<stdin>"

    def __init__(self):
        self._rest = ""
        self.buffer = _BinaryInput(self)

    def _fill(self):
        if not self._rest:
            line = _native.ask("", False)
            self._rest = "" if line is None else line + "\n"
        return self._rest

    def readline(self, size=-1):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        line = self._fill()
        if size is not None and 0 <= size < len(line):
            line = line[:size]
        self._rest = self._rest[len(line):]
        return line

    def read(self, size=-1):
        if size is not None and size >= 0:
            parts = []
            while size > 0 and (part := self.readline(size)):
                parts.append(part)
                size -= len(part)
            return "".join(parts)
        return "".join(iter(self.readline, ""))

    def fileno(self):
        return 0

    def readable(self):
        return True

    def reconfigure(self, **options):
        pass


class _BinaryInput(io.BufferedIOBase):
    def __init__(self, text):
        self._text = text
        self._rest = b""

    def readline(self, size=-1):
        line = self._rest or self._text.readline().encode("utf-8", "surrogateescape")
        if size is not None and 0 <= size < len(line):
            line, self._rest = line[:size], line[size:]
        else:
            self._rest = b""
        return line

    def read(self, size=-1):
        if size is not None and size >= 0:
            parts = []
            while size > 0 and (part := self.readline(size)):
                parts.append(part)
                size -= len(part)
            return b"".join(parts)
        return b"".join(iter(self.readline, b""))

    def read1(self, size=-1):
        return self.readline(size)

    def fileno(self):
        return 0

    def readable(self):
        return True


def _install_streams():
    sys.stdin = sys.__stdin__ = _Input()
    sys.stdout = sys.__stdout__ = _Output(1)
    sys.stderr = sys.__stderr__ = _Output(2)


def _repair_streams():
    """A stream that the last run closed or removed is there again; one that it replaced stays replaced."""
    if getattr(getattr(sys, "stdout", None), "closed", True):
        sys.stdout = sys.__stdout__ = _Output(1)
    if getattr(getattr(sys, "stderr", None), "closed", True):
        sys.stderr = sys.__stderr__ = _Output(2)
    if getattr(getattr(sys, "stdin", None), "closed", True):
        sys.stdin = sys.__stdin__ = _Input()


_original_input = builtins.input


def _input(prompt="", /):
    """Read a string from standard input.  The trailing newline is stripped."""
    if type(sys.stdin) is not _Input:
        return _original_input(prompt)
    if sys.stdin._rest:
        return sys.stdin.readline().rstrip("\n")
    line = _native.ask(str(prompt), False)
    if line is None:
        raise EOFError("EOF when reading a line")
    return line


_input.__name__ = _input.__qualname__ = "input"


def _getpass(prompt="Password: ", stream=None, **options):
    """Prompt for a password, without showing what is typed."""
    line = _native.ask(str(prompt), True)
    if line is None:
        raise EOFError
    return line


# --- Signals ---------------------------------------------------------------------------------------------------------
# Handlers live in this table, and no sigaction is made: the process's signals are the .NET runtime's.

_handlers = [_signal.SIG_DFL] * (_MAX_SIGNAL + 1)
_wakeup_descriptor = -1


_native.set_handlers(_handlers)


def _kind_of(handler):
    if handler is _signal.default_int_handler:
        return _RAISE
    if not callable(handler):
        return _IGNORE if handler == _signal.SIG_IGN else _DEFAULT
    # asyncio.Runner's, which is a functools.partial.
    inner = getattr(handler, "func", None)
    if getattr(inner, "__qualname__", None) == "Runner._on_sigint" and getattr(inner, "__module__", None) == "asyncio.runners":
        return _ASYNCIO
    return _HANDLER


def _number_of(signalnum):
    number = signalnum.__index__()
    if not 1 <= number <= _MAX_SIGNAL:
        raise ValueError("signal number out of range")
    return number


def _set_handler(signalnum, handler, /):
    if not callable(handler) and handler not in (_signal.SIG_DFL, _signal.SIG_IGN):
        raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    if _thread.get_ident() != _main_thread:
        raise ValueError("signal only works in main thread of the main interpreter")
    number = _number_of(signalnum)
    if number in _UNCATCHABLE:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    before = _handlers[number]
    _native.set_handler(number, handler, _kind_of(handler))
    return before


def _get_handler(signalnum, /):
    return _handlers[_number_of(signalnum)]


def _set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    global _wakeup_descriptor
    if _thread.get_ident() != _main_thread:
        raise ValueError("set_wakeup_fd only works in main thread of the main interpreter")
    if fd != -1:
        os.fstat(fd)
        if os.get_blocking(fd):
            raise ValueError(f"the fd {fd} must be in non-blocking mode")
    before, _wakeup_descriptor = _wakeup_descriptor, fd
    _native.set_wakeup(fd)
    return before


def _siginterrupt(signalnum, flag, /):
    _number_of(signalnum)


def _raise_signal(signalnum, /):
    _native.raise_signal(_number_of(signalnum))


def _interrupt_main(signum=2, /):
    _native.raise_signal(_number_of(signum))


_original_kill = os.kill


def _kill(pid, signalnum, /):
    """Signals to the worker itself go through the table, unless they would end a process that does not handle them."""
    if pid == os.getpid() and 1 <= signalnum <= _MAX_SIGNAL and signalnum not in _UNCATCHABLE:
        if signalnum == 2 or _handlers[signalnum] != _signal.SIG_DFL:
            return _native.raise_signal(int(signalnum))
    return _original_kill(pid, signalnum)


_original_sigmask = _signal.pthread_sigmask


def _sigmask(how, mask, /):
    """The private signals stay unblocked."""
    mask = set(mask)
    if how != _signal.SIG_UNBLOCK:
        mask -= {_PRIVATE_SIGNAL, _STACK_SIGNAL}
    return _original_sigmask(how, mask)


def _alarm(seconds, /):
    left, _ = _native.set_alarm(float(seconds), 0.0)
    return int(left + 0.999999)


_timer = (0.0, 0.0)
_original_setitimer = _signal.setitimer
_original_getitimer = _signal.getitimer


def _setitimer(which, seconds, interval=0.0, /):
    if which != _signal.ITIMER_REAL:
        raise _signal.ItimerError(errno.EINVAL, "only ITIMER_REAL can be set in a worker")
    if seconds < 0 or interval < 0:
        raise _signal.ItimerError(errno.EINVAL, os.strerror(errno.EINVAL))
    return _native.set_alarm(float(seconds), float(interval))


def _getitimer(which, /):
    if which != _signal.ITIMER_REAL:
        return _original_getitimer(which)
    left, interval = _native.set_alarm(0.0, 0.0)
    _native.set_alarm(left, interval)
    return left, interval


_originals = {}


def _replace(module, name, function):
    _originals[module, name] = getattr(module, name)
    function.__name__ = function.__qualname__ = name
    setattr(module, name, function)


def _restore_signals():
    """In a forked child: Python's own signals. The .NET runtime's handlers would tell the parent, whose pipe they write to."""
    for (module, name), function in _originals.items():
        setattr(module, name, function)
    for number in (*range(1, 32), _PRIVATE_SIGNAL, _STACK_SIGNAL):
        if number not in _UNCATCHABLE:
            _signal.signal(number, _signal.SIG_IGN if number == _signal.SIGPIPE else _signal.SIG_DFL)
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def write_stacks_to(descriptor):
    """Whoever asks what the code is doing sends this signal: written by C code, whatever Python is doing."""
    faulthandler.register(_STACK_SIGNAL, file=descriptor, all_threads=False)
    for name in ("register", "unregister"):
        _replace(faulthandler, name, _sparing_stack_signal(getattr(faulthandler, name)))


def _sparing_stack_signal(original):
    # Without its handler that signal would end the worker.
    def function(signum, *arguments, **options):
        if signum == _STACK_SIGNAL:
            raise ValueError(f"signal {signum} is the worker's own")
        return original(signum, *arguments, **options)
    return function


def _install_signals():
    # The one real handler, and the only sigaction that Python makes here.
    _signal.signal(_PRIVATE_SIGNAL, _native.attend)
    _reset_handlers()
    _replace(_signal, "signal", _set_handler)
    _replace(_signal, "getsignal", _get_handler)
    _replace(_signal, "pthread_sigmask", _sigmask)
    for name, function in {
        "set_wakeup_fd": _set_wakeup_fd,
        "siginterrupt": _siginterrupt,
        "raise_signal": _raise_signal,
        "alarm": _alarm,
        "setitimer": _setitimer,
        "getitimer": _getitimer,
    }.items():
        _replace(_signal, name, function)
        _replace(signal, name, function)
    _replace(_thread, "interrupt_main", _interrupt_main)
    _replace(os, "kill", _kill)
    if sys.version_info >= (3, 11):
        import opcode
        _native.set_jumps(bytes(code for name, code in opcode.opmap.items() if "JUMP_BACKWARD" in name))


def _reset_handlers():
    for number in range(1, _MAX_SIGNAL + 1):
        handler = _signal.SIG_DFL
        if number == _signal.SIGINT:
            handler = _signal.default_int_handler
        elif number in (_signal.SIGPIPE, _signal.SIGXFSZ):
            handler = _signal.SIG_IGN
        _native.set_handler(number, handler, _kind_of(handler))


def is_task_running():
    """Whether an asyncio task is being stepped, so that cancelling it would not stop it."""
    events = sys.modules.get("asyncio.events")
    if events is None:
        return False
    loop = events._get_running_loop()
    return loop is not None and sys.modules["asyncio"].current_task(loop) is not None


# --- Interrupts ------------------------------------------------------------------------------------------------------

get_trace = sys.gettrace
set_trace = sys.settrace
outer_unraisable = sys.unraisablehook


def guard_unraisable():
    """The worker's hook asks for interrupts again that came out where nothing can be raised; the rest is for the code's own hook."""
    global outer_unraisable
    if sys.unraisablehook is not _native.unraisable:
        outer_unraisable = sys.unraisablehook
        sys.unraisablehook = _native.unraisable


# --- Threads, forks --------------------------------------------------------------------------------------------------

_thread_start = threading.Thread.start
_thread_bootstrap = threading.Thread._bootstrap_inner


def _start(self):
    """Start the thread's activity."""
    self._procinterrupt_run = _native.current_run()
    _thread_start(self)


def _bootstrap_inner(self):
    _native.enter_thread(getattr(self, "_procinterrupt_run", 0))
    _thread_bootstrap(self)


_fork_masks = {}


def _before_fork():
    # A signal for the child that comes before its handlers are reset would go to the parent's runtime.
    _fork_masks[_thread.get_ident()] = _original_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())


def _after_fork_in_parent():
    _original_sigmask(_signal.SIG_SETMASK, _fork_masks.pop(_thread.get_ident()))


def _after_fork():
    """In a forked child there is no worker: the streams are the descriptors, and nothing is asked of .NET any more."""
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", buffering=1, closefd=False, errors="backslashreplace")
    sys.stderr = open(2, "w", buffering=1, closefd=False, errors="backslashreplace")
    builtins.input = _original_input
    _restore_signals()
    threading.Thread.start = _thread_start
    threading.Thread._bootstrap_inner = _thread_bootstrap
    sys.unraisablehook = sys.__unraisablehook__
    _original_sigmask(_signal.SIG_SETMASK, _fork_masks.pop(_thread.get_ident()))


def leave_child(error):
    """A forked child has come to the end of its parent's code."""
    code = 0
    if isinstance(error, SystemExit):
        code = exit_code(error)
    elif error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    try:
        finish()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(code)


# --- Runs ------------------------------------------------------------------------------------------------------------

_AST_ONLY = 0x400
_FUTURES = 0x1FE0000 if sys.version_info >= (3, 9) else 0
_future_flags = 0
_main = sys.modules["__main__"]
_initial_modules = frozenset(sys.modules)
_initial_path = None
_run_path = None


def prepare(source, path, run, first_line):
    """Compiles a program: the code of its statements, and of its last one if that is an expression."""
    global _future_flags, _run_path
    _repair_streams()
    filename = path or f"<run {run}>"
    _keep_lines(source, filename, first_line)
    if path != _run_path:
        _enter_path(path)
    try:
        tree = compile(source, filename, "exec", _AST_ONLY | _future_flags, True)
    except SyntaxError as error:
        for name in ("lineno", "end_lineno"):
            if getattr(error, name, None):
                setattr(error, name, getattr(error, name) + first_line - 1)
        raise
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
    return statements, expression


def _keep_lines(source, filename, first_line):
    """For tracebacks. A part of a script leaves the lines of the parts before it."""
    lines = source.splitlines(True)
    if first_line > 1:
        before = linecache.cache.get(filename)
        before = before[2] if before is not None and len(before) == 4 else []
        lines = (before + ["\n"] * first_line)[:first_line - 1] + lines
    linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)


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


_SIMPLE = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
_FORMS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("application/json", "_repr_json_"),
)


def describe(value):
    """A value's repr and its other forms by MIME type."""
    builtins._ = value
    text = repr(value)
    return text, () if type(value) in _SIMPLE else tuple(forms_of(value).items())


def forms_of(value):
    forms = {}
    owner = type(value)
    bundle = _form(value, owner, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, tuple):
        bundle = bundle[0]
    if isinstance(bundle, dict):
        for mime, data in bundle.items():
            _add_form(forms, str(mime), data)
    for mime, method in _FORMS:
        if mime not in forms:
            data = _form(value, owner, method)
            _add_form(forms, mime, data[0] if isinstance(data, tuple) else data)
    return forms


def display(value, raw):
    forms = {}
    if raw:
        for mime, data in value.items():
            if "/" not in str(mime).strip("/"):
                raise ValueError(f"{mime!r} is no MIME type; one is written as text/plain")
            _add_form(forms, str(mime), data)
        if not 1 <= len(forms) <= 64:
            raise ValueError(f"one thing is shown in 1 to 64 forms; here are {len(forms)}")
    elif isinstance(value, str):
        forms["text/plain"] = value
    else:
        forms = forms_of(value)
        forms.setdefault("text/plain", repr(value))
    _native.show(tuple(forms.items()))


def _form(value, owner, method, **arguments):
    # On the type: objects that answer to every name have no such method.
    function = getattr(owner, method, None)
    if function is None:
        return None
    try:
        return function(value, **arguments)
    except Exception:
        import traceback
        traceback.print_exc()
        return None


def _add_form(forms, mime, data):
    if data is None:
        return
    if isinstance(data, (bytes, bytearray, memoryview)):
        import base64
        data = base64.b64encode(data).decode("ascii")
    elif not isinstance(data, str):
        import json
        data = json.dumps(data)
    forms[mime] = data


def _show_figures():
    """Figures that matplotlib still has open are displayed, and closed as its inline backends do."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums"):
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", bbox_inches="tight")
        pyplot.close(figure)
        import base64
        _native.show((("image/png", base64.b64encode(picture.getvalue()).decode("ascii")), ("text/plain", repr(figure))))


def finish():
    """The end of a run, still interruptible: figures are shown, and what the code's own streams hold is written."""
    _show_figures()
    for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
        if type(stream) is not _Output and stream is not None:
            stream.flush()


FAILED, INTERRUPTED, EXITED = range(3)


def is_interrupt(error):
    if isinstance(error, KeyboardInterrupt):
        return True
    group = getattr(builtins, "BaseExceptionGroup", None)
    return group is not None and isinstance(error, group) and error.subgroup(KeyboardInterrupt) is not None


def exit_code(error):
    """What SystemExit says: a number, or a text for standard error."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def failure(error):
    """Type, message and traceback of what came out of the code."""
    import traceback
    owner = type(error)
    name = owner.__qualname__
    if owner.__module__ not in ("__main__", "builtins"):
        name = f"{owner.__module__}.{name}"
    if isinstance(error, SyntaxError) and error.lineno is not None:
        message = f"{error.msg} (line {error.lineno}, column {error.offset})"
    else:
        try:
            message = str(error)
        except Exception:
            message = "<exception str() failed>"
    shown = traceback.TracebackException(owner, error, error.__traceback__)
    _leave_out_ours(shown, set())
    return name, message, "".join(shown.format())


def _leave_out_ours(shown, seen):
    if shown is None or id(shown) in seen:
        return
    seen.add(id(shown))
    shown.stack[:] = [frame for frame in shown.stack if frame.filename != _HERE]
    _leave_out_ours(shown.__cause__, seen)
    _leave_out_ours(shown.__context__, seen)
    for inner in getattr(shown, "exceptions", None) or ():
        _leave_out_ours(inner, seen)


def reset():
    """Forgets what runs have made: names, handlers, streams, and the modules that are not an installation's."""
    global _future_flags, outer_unraisable
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
    sys.settrace(None)
    sys.setprofile(None)
    sys.unraisablehook = _native.unraisable
    sys.excepthook = sys.__excepthook__
    sys.displayhook = sys.__displayhook__
    sys.setrecursionlimit(_recursion_limit)
    _enter_path(None)
    sys.path[:] = _initial_path
    roots = tuple({os.path.join(root, "") for root in (sys.prefix, sys.base_prefix, sys.exec_prefix)} | {"/usr/lib/"})
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name not in _initial_modules and file and file.endswith(".py") and not os.path.abspath(file).startswith(roots) and "site-packages" not in file:
            del sys.modules[name]


# --- Questions about code ---------------------------------------------------------------------------------------------

def _status(source, symbol):
    """As the prompt's own: True for complete, None for incomplete, False for wrong."""
    import codeop
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return True if codeop.compile_command(source, "<input>", symbol) is not None else None
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return False


def is_complete(source):
    """Whether a prompt should go on ('complete', 'incomplete' or 'invalid'), the next line's indent, and whether that line may belong to it."""
    status = _status(source, "single")
    if status is False:
        # Several statements. A line that follows a block without an empty one is none of them, as at Python's own prompt.
        before = source.rpartition("\n")[0]
        if not before or _status(before, "single") is not None or _status(before + "\n", "single") is not True:
            status = _status(source, "exec")
            last = source.rpartition("\n")[2]
            if status and last[:1] in (" ", "\t") and last.strip():
                status = None
    if status is None:
        return "incomplete", _indent_after(source), False
    return "complete" if status else "invalid", "", bool(status) and _ends_in_block(source)


def _indent_after(source):
    import tokenize
    try:
        for _ in tokenize.generate_tokens(io.StringIO(source).readline):
            pass
    except tokenize.TokenError as error:
        if "string" in str(error.args[0]):
            return ""  # it would become part of the text
    except SyntaxError:
        pass
    line = source.rstrip("\n").rpartition("\n")[2]
    indent = line[:len(line) - len(line.lstrip(" \t"))]
    if line.rstrip().endswith(":"):
        indent += "    "
    return indent if len(indent) <= 256 else ""


def _ends_in_block(source):
    """Whether an else, or more of the block after an empty line, may follow."""
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = compile(source, "<input>", "exec", _AST_ONLY, True).body
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return False
    return bool(body) and hasattr(body[-1], "body") and not isinstance(body[-1], _EXPRESSION)


def complete(source):
    """The word that ends the code, and the names that it can be. Executes nothing of the code's: no properties, no __getattr__."""
    import inspect
    import keyword
    import re
    word = re.search(r"(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?$", source).group()
    if source[:len(source) - len(word)].endswith("."):
        return word, ()
    *path, word = word.split(".")
    if path:
        missing = object()
        value = _main.__dict__.get(path[0], builtins.__dict__.get(path[0], missing))
        for part in path[1:]:
            value = missing if value is missing else inspect.getattr_static(value, part, missing)
            if isinstance(value, (staticmethod, classmethod)):
                value = value.__func__
            elif hasattr(type(value), "__get__") and not inspect.isroutine(value):
                value = missing  # only calling it would tell
        names = () if value is missing else _names_of(value)
    else:
        names = {*_main.__dict__, *builtins.__dict__, *keyword.kwlist}
    found = {name for name in names if isinstance(name, str) and name.startswith(word) and (word or not name.startswith("_"))}
    return word, tuple(sorted(found, key=lambda name: (name.startswith("_"), name)))


def _names_of(value):
    names = set()
    try:
        names.update(object.__getattribute__(value, "__dict__"))
    except (AttributeError, TypeError):
        pass
    if isinstance(value, type(sys)):
        return names
    for owner in type.__dict__["__mro__"].__get__(value if isinstance(value, type) else type(value)):
        names.update(type.__dict__["__dict__"].__get__(owner))
    return names


_recursion_limit = sys.getrecursionlimit()
_EXPRESSION = type(compile("0", _HERE, "exec", _AST_ONLY).body[0])
_AST_EXPRESSION = type(compile("0", _HERE, "eval", _AST_ONLY))
_install_streams()
_install_signals()
builtins.input = _input
getpass.getpass = _getpass
sys.unraisablehook = _native.unraisable
threading.Thread.start = _start
threading.Thread._bootstrap_inner = _bootstrap_inner
os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork)
os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, "")
_initial_path = list(sys.path)
