"""What the worker needs to raise and to follow interrupts."""

import _procinterrupt as _native
import sys


get_trace = sys.gettrace
set_trace = sys.settrace
outer_unraisable = sys.unraisablehook
