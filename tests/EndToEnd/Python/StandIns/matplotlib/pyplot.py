from . import get_backend
from .figure import Figure

if get_backend().lower() != "agg":
    raise ImportError("cannot load the backend " + get_backend() + ": there is no display")

_figures = {}


def figure(num=None, **options):
    if isinstance(num, Figure):
        num = num.number
    if num is None:
        num = max(_figures, default=0) + 1
    return _figures.setdefault(num, Figure(num))


def get_fignums():
    return sorted(_figures)


def gcf():
    return _figures[max(_figures)] if _figures else figure()


def gca():
    return gcf().axes[-1] if gcf().axes else gcf().add_subplot()


def subplots(*grid, **options):
    made = figure()
    return made, made.add_subplot()


def plot(*values, **style):
    return gca().plot(*values, **style)


def close(fig=None):
    if fig == "all":
        _figures.clear()
    else:
        _figures.pop(fig.number if isinstance(fig, Figure) else gcf().number if fig is None else fig, None)


def show(*arguments, **options):
    """The Agg backend shows nothing."""
