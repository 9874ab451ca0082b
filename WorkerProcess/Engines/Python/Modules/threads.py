"""Threads belong to the run that starts them; a forked child is no worker."""

import _procinterrupt as _native
import _signal
import _thread
import builtins
import os
import sys
import threading

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
_worker = os.getpid()


# An interrupt may break these off at any point, after which the fork goes on: each step is right without the next.
def _before_fork():
    # A signal for the child that comes before its handlers are reset would go to the parent's runtime.
    _fork_masks[_thread.get_ident()] = _original_sigmask(_signal.SIG_BLOCK, ())
    _original_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    if os.getpid() == _worker:
        _native.before_fork()


def _restore_mask():
    mask = _fork_masks.pop(_thread.get_ident(), None)
    if mask is not None:
        _original_sigmask(_signal.SIG_SETMASK, mask)


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
    _restore_mask()


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
