"""What clients hand to public methods."""

import functools
import inspect

from odoo.exceptions import UserError

# Ids are PostgreSQL's integers.
MAX_INT = 2**31 - 1


def takes(**types):
    """Check what clients hand to a public method before it is used.

    Whoever is logged in may call it with anything. What is of another type, or could
    not be stored, is answered in words. ``False`` and ``None`` stand for what is not
    given.

    :param types: by parameter: ``str``, ``int`` (an id or a count), ``bool``, ``dict``,
        or ``[int]`` for a list of ids
    :raise UserError: when the method is called with something else
    """

    def decorate(method):
        signature = inspect.signature(method)

        @functools.wraps(method)
        def checked(self, *args, **kwargs):
            given = signature.bind(self, *args, **kwargs).arguments
            for name, kind in types.items():
                if not _is_of(given.get(name), kind):
                    raise UserError(
                        self.env._(
                            "The value of “%(parameter)s” can't be used.",
                            parameter=name,
                        )
                    )
            return method(self, *args, **kwargs)

        checked._takes = types
        return checked

    return decorate


def read_id(value):
    """Return the id that a text or a number names, 0 where it names none.

    :param value: as it stood in an address, of any type
    """
    text = str(value or "")
    if not text.isdecimal() or len(text) > len(str(MAX_INT)):
        return 0
    number = int(text)
    return number if number <= MAX_INT else 0


def _is_of(value, kind):
    if value is None or value is False:
        return True
    if isinstance(kind, list):
        return isinstance(value, list | tuple) and all(
            _is_of(each, kind[0]) and each is not None and each is not False
            for each in value
        )
    if kind is int:
        return type(value) is int and 0 <= value <= MAX_INT
    if kind is str:
        return isinstance(value, str) and _can_be_stored(value)
    return isinstance(value, kind)


def _can_be_stored(text):
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return "\0" not in text
