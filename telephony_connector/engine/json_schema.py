"""Checks decoded JSON against the few words of JSON Schema that our API uses.

The same schemas make up the published description, so that what is promised and what
is checked can't differ.
"""

import re
from datetime import datetime

_TYPES = {"string": str, "boolean": bool, "integer": int, "object": dict}
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"
)


class SchemaError(ValueError):
    """A value that a schema does not allow; the text says where and why."""


def check(value, schema, where="body"):
    """Check a value.

    :param value: decoded JSON
    :param dict schema: with the keywords type, enum, pattern, minLength, maxLength,
        minimum, maximum, format (date-time), properties, required and
        additionalProperties (false)
    :raise SchemaError: it is not allowed
    """
    kind = _TYPES[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise SchemaError(f"{where} is no {schema['type']}")
    if "enum" in schema and value not in schema["enum"]:
        raise SchemaError(f"{where} is none of {', '.join(schema['enum'])}")
    if kind is str:
        _check_text(value, schema, where)
    elif kind is int:
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            raise SchemaError(f"{where} is out of range")
    elif kind is dict:
        _check_object(value, schema, where)


def _check_text(value, schema, where):
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 65536):
        raise SchemaError(f"{where} is too long or too short")
    if "pattern" in schema and not re.search(_in_python(schema["pattern"]), value):
        raise SchemaError(f"{where} has signs that it may not have")
    if schema.get("format") == "date-time":
        if not _DATE_TIME.fullmatch(value):
            raise SchemaError(f"{where} is no time as 2026-03-02T09:00:00Z")
        try:
            datetime.fromisoformat(value.upper())
        except ValueError as error:
            raise SchemaError(f"{where} is no time: {error}") from error


def _in_python(pattern):
    """Return JSON Schema's pattern in Python's words: "$" is the text's very end."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _check_object(value, schema, where):
    known = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            raise SchemaError(f"{where}.{key} is missing")
    for key, inner in value.items():
        if key in known:
            check(inner, known[key], f"{where}.{key}")
        elif schema.get("additionalProperties") is False:
            raise SchemaError(f"{where} has a key that is not known")
