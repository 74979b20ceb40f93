"""Bodies of requests that must hold a JSON object."""

import json
from email.message import Message


class WrongType(ValueError):
    """A body whose sender says that it is no JSON."""


def read_json_object(content_type, body):
    """Return the object that a JSON body holds.

    :param str content_type: of the request
    :param bytes body: as it came
    :rtype: dict
    :raise WrongType: the type is not JSON's
    :raise ValueError: the body holds no JSON object, in words for its sender
    """
    message = Message()
    message["Content-Type"] = content_type
    if not content_type or message.get_content_type() != "application/json":
        raise WrongType("the body must be application/json")
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
        # A lone half of a surrogate pair is no text that could be stored.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("the body is no JSON") from error
    if not isinstance(value, dict):
        raise ValueError("the body is no JSON object")
    return value


def _refuse_constant(name):
    raise ValueError(name)
