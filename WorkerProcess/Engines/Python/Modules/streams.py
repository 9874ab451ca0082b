"""Standard streams: what a run finds in place of a terminal."""

import _procinterrupt as _native
import builtins
import io
import os
import sys


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


_kept_descriptors = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}


def _install_streams():
    sys.stdin = sys.__stdin__ = _Input()
    sys.stdout = sys.__stdout__ = _Output(1)
    sys.stderr = sys.__stderr__ = _Output(2)


def _repair_streams():
    """A stream or descriptor that the last run closed or removed is there again; one that it replaced stays replaced."""
    for descriptor, kept in _kept_descriptors.items():
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(kept, descriptor)
    if getattr(getattr(sys, "stdout", None), "closed", True):
        sys.stdout = sys.__stdout__ = _Output(1)
    if getattr(getattr(sys, "stderr", None), "closed", True):
        sys.stderr = sys.__stderr__ = _Output(2)
    if getattr(getattr(sys, "stdin", None), "closed", True):
        sys.stdin = sys.__stdin__ = _Input()
    for stream in (sys.stdout, sys.stderr):
        if type(stream) is _Output and stream.buffer.closed:
            stream.buffer = _BinaryOutput(stream.fileno())
    if type(sys.stdin) is _Input and sys.stdin.buffer.closed:
        sys.stdin.buffer = _BinaryInput(sys.stdin)


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
