"""What the worker needs to raise and to follow interrupts."""

import _procinterrupt as _native
import sys


get_trace = sys.gettrace
set_trace = sys.settrace
outer_unraisable = sys.unraisablehook


def guard_unraisable():
    """The worker's hook asks for interrupts again that came out where nothing can be raised; the rest is for the code's own hook."""
    global outer_unraisable
    if sys.unraisablehook is not _native.unraisable:
        outer_unraisable = sys.unraisablehook
        sys.unraisablehook = _native.unraisable
