"""The session is set up: what the files before this one have defined takes the place of Python's own.

The files are executed one after the other in one module, _procinterrupt_session; frames of theirs are left out of tracebacks.
"""

import _procinterrupt as _native
import builtins
import getpass
import os
import sys
import threading

_HERE = "<procinterrupt>"
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
os.register_at_fork(before=_before_fork, after_in_parent=_restore_mask, after_in_child=_after_fork)
os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, "")
_initial_path = list(sys.path)
