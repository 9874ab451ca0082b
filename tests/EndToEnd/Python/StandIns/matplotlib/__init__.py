"""A stand-in with the part of matplotlib that programs and the worker use, for machines where it is not installed."""

import os

_backend = os.environ.get("MPLBACKEND", "TkAgg")


def get_backend():
    return _backend


def use(backend, *, force=True):
    global _backend
    _backend = backend
