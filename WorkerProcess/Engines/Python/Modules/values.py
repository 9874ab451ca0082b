"""Values, things that are shown, and figures, in their forms by MIME type."""

import _procinterrupt as _native
import builtins
import io
import sys

_SIMPLE = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
_FORMS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("application/json", "_repr_json_"),
)


def describe(value):
    """A value's repr and its other forms by MIME type."""
    builtins._ = value
    text = repr(value)
    return text, () if type(value) in _SIMPLE else tuple(forms_of(value).items())


def forms_of(value):
    forms = {}
    owner = type(value)
    bundle = _form(value, owner, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, tuple):
        bundle = bundle[0]
    if isinstance(bundle, dict):
        for mime, data in bundle.items():
            _add_form(forms, str(mime), data)
    for mime, method in _FORMS:
        if mime not in forms:
            data = _form(value, owner, method)
            _add_form(forms, mime, data[0] if isinstance(data, tuple) else data)
    return forms


def display(value, raw):
    forms = {}
    if raw:
        for mime, data in value.items():
            if "/" not in str(mime).strip("/"):
                raise ValueError(f"{mime!r} is no MIME type; one is written as text/plain")
            _add_form(forms, str(mime), data)
        if not 1 <= len(forms) <= 64:
            raise ValueError(f"one thing is shown in 1 to 64 forms; here are {len(forms)}")
    elif isinstance(value, str):
        forms["text/plain"] = value
    else:
        forms = forms_of(value)
        forms.setdefault("text/plain", repr(value))
    _native.show(tuple(forms.items()))


def _form(value, owner, method, **arguments):
    # On the type: objects that answer to every name have no such method.
    function = getattr(owner, method, None)
    if function is None:
        return None
    try:
        return function(value, **arguments)
    except Exception:
        import traceback
        traceback.print_exc()
        return None


def _add_form(forms, mime, data):
    if data is None:
        return
    if isinstance(data, (bytes, bytearray, memoryview)):
        import base64
        data = base64.b64encode(data).decode("ascii")
    elif not isinstance(data, str):
        import json
        data = json.dumps(data)
    forms[mime] = data


def _show_figures():
    """Figures that matplotlib still has open are displayed, and closed as its inline backends do."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums"):
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", bbox_inches="tight")
        pyplot.close(figure)
        import base64
        _native.show((("image/png", base64.b64encode(picture.getvalue()).decode("ascii")), ("text/plain", repr(figure))))
