"""What an exception that came out of a run means."""

import builtins
import sys


def is_interrupt_group(error):
    group = getattr(builtins, "BaseExceptionGroup", None)
    return group is not None and isinstance(error, group) and error.subgroup(KeyboardInterrupt) is not None


def exit_code(error):
    """What SystemExit says: a number, or a text for standard error."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # As C's long, which is what Python itself makes of it.
        return code & 0xFF if -1 << 63 <= code < 1 << 63 else 0xFF
    try:
        print(code, file=sys.stderr or sys.__stderr__)
    except Exception:
        pass  # as in Python itself: the code says how it ends, even if that cannot be shown
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
