"""Questions about code that is not run."""

import builtins
import io
import sys


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
