"""For code that runs in a ProcInterrupt worker: look for an interrupt, wait so that an interrupt wakes, show things."""

import _procinterrupt as _native
import _procinterrupt_session as _session
from time import sleep as _sleep

__all__ = ["check_interrupt", "display", "progress", "shield", "sleep"]


def check_interrupt():
    """Raise or handle now what is pending for the run.

    Code is interrupted without calling this; it is for loops that want to choose the place. Does nothing when nothing is
    pending, in threads other than the main one, and between runs.
    """
    _native.check()


def sleep(seconds):
    """Wait; an interrupt ends the wait by raising KeyboardInterrupt."""
    _sleep(seconds)


class shield:
    """Hold interrupts off while a block runs, for `seconds` (more than 0, at most 60); insist goes through.

    What is asked meanwhile is delivered at the block's end, or when the time is up. It is the run's: while one of its threads
    is in such a block, nothing of the run is interrupted, and waits go on. Blocks nest; one that is entered while something is
    held off already lasts no longer than those that hold it off.
    """

    def __init__(self, seconds=1.0):
        seconds = float(seconds)
        if not 0 < seconds <= 60:
            raise ValueError("a shield lasts more than 0 and at most 60 seconds")
        self._seconds = seconds
        self._held = []

    def __enter__(self):
        self._held.append(_native.begin_shield(self._seconds))
        return self

    def __exit__(self, *error):
        _native.end_shield(self._held.pop())


def display(*values, raw=False):
    """Show things in the forms that they have (_repr_mimebundle_, _repr_html_, _repr_png_ and so on), a str as text.

    With raw, each value is a dict of forms by MIME type; bytes become base64, and what is neither str nor bytes JSON.
    """
    for value in values:
        _session.display(value, raw)


def progress(fraction, message=None):
    """Say how far the run is: 0 to 1, and what is being done. Cheap enough for a busy loop."""
    fraction = float(fraction)
    if not 0 <= fraction <= 1:
        raise ValueError("a fraction is a number from 0 to 1")
    if message is not None:
        message = str(message)
        if len(message) > 1024:
            message = message[:1023] + "…"
    _native.report(fraction, message)
