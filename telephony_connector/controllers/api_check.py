"""Checks what the API is sent against the schemas of its published description."""

import re
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

# RFC 3339, with the offset that Python's own parser does not ask for.
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"
)
# What is said of a value, by the word of JSON Schema that does not allow it. The value
# itself is never repeated: answers stand in the logs of others.
_TEXTS = {
    "enum": "{where} is none of {limit}",
    "maxLength": "{where} is too long: {limit} characters at most",
    "minLength": "{where} is too short: {limit} characters at least",
    "pattern": "{where} has signs that it may not have",
    "minimum": "{where} is out of range: {limit} at least",
    "maximum": "{where} is out of range: {limit} at most",
    "format": "{where} is no time as 2026-03-02T09:00:00Z",
    "type": "{where} is no {limit}",
    "additionalProperties": "{where} has a key that is not known",
}
_formats = FormatChecker(formats=())


class SchemaError(ValueError):
    """A value that a schema does not allow; the text says where and why."""


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value):
    """Say whether a text is a time that exists."""
    if not isinstance(value, str):
        return True
    return bool(_DATE_TIME.fullmatch(value) and datetime.fromisoformat(value.upper()))


def _check_pattern(_validator, pattern, value, _schema):
    """Check a text: "$" is its very end, as JSON Schema says and Python does not."""
    if isinstance(value, str) and not re.search(
        re.sub(r"\$\Z", r"\\Z", pattern), value
    ):
        yield ValidationError("pattern")


def _is_integer(_checker, value):
    """Say whether a value is written as an integer: 5.0 is none, unlike in the
    standard, as the log keeps what it is given."""
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(
    Draft202012Validator,
    validators={"pattern": _check_pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def check(value, schema, where="body"):
    """Check a value.

    :param value: decoded JSON
    :param dict schema: of JSON Schema 2020-12
    :param str where: what the value is called in the text of an error
    :raise SchemaError: it is not allowed
    """
    validator = _Validator(schema, format_checker=_formats)
    error = best_match(validator.iter_errors(value))
    if error is not None:
        raise SchemaError(_describe(error, where))


def _describe(error, where):
    """Return what is said of an error, without the value."""
    path = ".".join([where, *(str(part) for part in error.absolute_path)])
    if error.validator == "required":
        missing = next(n for n in error.validator_value if n not in error.instance)
        return f"{path}.{missing} is missing"
    limit = error.validator_value
    if isinstance(limit, list):
        limit = ", ".join(str(each) for each in limit)
    return _TEXTS[error.validator].format(where=path, limit=limit)
