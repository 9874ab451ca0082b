"""Signals. Handlers live in a table, and no sigaction is made: the process's signals are the .NET runtime's."""

import _procinterrupt as _native
import _signal
import _thread
import errno
import faulthandler
import os
import signal
import sys

_PRIVATE_SIGNAL = 62
_STACK_SIGNAL = 61
_MAX_SIGNAL = 64
_UNCATCHABLE = (9, 19, 32, 33)
_DEFAULT, _IGNORE, _HANDLER, _RAISE, _ASYNCIO = range(5)
_main_thread = _thread.get_ident()

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
_original_pthread_kill = _signal.pthread_kill


def _is_in_table(signalnum):
    """Signals to the worker itself go through the table, unless they would end a process that does not handle them."""
    if not 1 <= signalnum <= _MAX_SIGNAL or signalnum in _UNCATCHABLE:
        return False
    return signalnum == 2 or _handlers[signalnum] != _signal.SIG_DFL


def _kill(pid, signalnum, /):
    if pid == os.getpid() and _is_in_table(signalnum):
        return _native.raise_signal(int(signalnum))
    return _original_kill(pid, signalnum)


def _pthread_kill(thread_id, signalnum, /):
    """Python runs handlers on its main thread, whichever got the signal; signal 0 asks whether the thread is there."""
    if not _is_in_table(signalnum):
        return _original_pthread_kill(thread_id, signalnum)
    _original_pthread_kill(thread_id, 0)
    _native.raise_signal(int(signalnum))


_original_sigmask = _signal.pthread_sigmask


def _sigmask(how, mask, /):
    """The private signal stays unblocked."""
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
        "pthread_kill": _pthread_kill,
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
