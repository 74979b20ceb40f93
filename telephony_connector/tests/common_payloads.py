"""Compares what the client is sent, and its typedefs, with the server's words."""

import re
import types
from typing import Literal, get_args, get_origin, get_type_hints, is_typeddict

TYPEDEF = re.compile(
    r"@typedef \{Object\} (\w+)\s*\n((?: \* @property .*\n(?: \*  .*\n)*)+)"
)
PROPERTY = re.compile(r"@property \{([^}]*)\} (\w+)")
PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", dict: "Object"}


def read_typedefs(path):
    """Return the typedefs of a JavaScript file: {name: {key: type}}."""
    return {
        name: {key: kind for kind, key in PROPERTY.findall(body)}
        for name, body in TYPEDEF.findall(path.read_text())
    }


def get_typedef(payload):
    """Return how a TypedDict is written as a typedef: {key: type}."""
    return {key: write(hint) for key, hint in get_type_hints(payload).items()}


def write(hint):
    """Return a type as JSDoc writes it."""
    if hint in PLAIN:
        return PLAIN[hint]
    if is_typeddict(hint):
        return hint.__name__
    if get_origin(hint) is list:
        return f"{write(get_args(hint)[0])}[]"
    if get_origin(hint) is Literal:
        return "|".join(
            f'"{each}"' if isinstance(each, str) else str(each).lower()
            for each in get_args(hint)
        )
    return "|".join(write(each) for each in get_args(hint))


def find_wrong(value, hint, where=""):
    """Yield where a value is not as its type says."""
    kind = get_origin(hint)
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        if not isinstance(value, dict) or value.keys() != hints.keys():
            yield f"{where}: {value!r} has not the keys of {hint.__name__}"
            return
        for key, inner in hints.items():
            yield from find_wrong(value[key], inner, f"{where}.{key}")
    elif kind is list:
        for index, each in enumerate(value):
            yield from find_wrong(each, get_args(hint)[0], f"{where}[{index}]")
    elif kind is Literal:
        if not any(value is each or value == each != 0 for each in get_args(hint)):
            yield f"{where}: {value!r} is none of {get_args(hint)}"
    elif kind is types.UnionType or get_args(hint):
        if all(list(find_wrong(value, each)) for each in get_args(hint)):
            yield f"{where}: {value!r} is no {write(hint)}"
    elif type(value) is not hint and not (hint is float and type(value) is int):
        yield f"{where}: {value!r} is no {write(hint)}"
