"""For code that runs in a ProcInterrupt worker: look for an interrupt, wait so that an interrupt wakes."""

import _procinterrupt as _native
from time import sleep as _sleep

__all__ = ["check_interrupt", "sleep"]


def check_interrupt():
    """Raise or handle now what is pending for the run.

    Code is interrupted without calling this; it is for loops that want to choose the place. Does nothing when nothing is
    pending, in threads other than the main one, and between runs.
    """
    _native.check()


def sleep(seconds):
    """Wait; an interrupt ends the wait by raising KeyboardInterrupt."""
    _sleep(seconds)
