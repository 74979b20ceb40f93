"""The requests that ``/telephony/api`` takes, and their published description.

``OPERATIONS`` is what the routes check with, and what ``build_openapi`` writes down.
"""

from dataclasses import dataclass, field

from ..engine.call import Direction, Outcome, State

VERSION = "1.0.0"
BASE = "/telephony/api/v1"
ID_PATTERN = r"^[A-Za-z0-9._:@+~-]{1,128}$"
EXTENSION_PATTERN = r"^[0-9*#]{1,32}$"

_AT = {
    "type": "string",
    "format": "date-time",
    "description": "When it happened; now, where it is not told.",
}
_NUMBER = {
    "type": "string",
    "maxLength": 64,
    "description": "A telephone number in any form that a trunk presents, a word for a "
    "withheld number as anonymous, or empty.",
}
_TEXT = {"type": "string", "maxLength": 128}
_EXTENSION = {"type": "string", "pattern": EXTENSION_PATTERN}
# What a source may tell: that nobody reported is for us to say.
_OUTCOMES = [each.value for each in Outcome if each is not Outcome.UNKNOWN]
_DIRECTIONS = [each.value for each in Direction]
_STATES = [each.value for each in State]


def _order(required=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _nullable(schema):
    return {**schema, "type": [schema["type"], "null"]}


_DATE = {"type": ["string", "null"], "format": "date-time"}
_PLAIN = {"type": "string"}
_FLAG = {"type": "boolean"}


def _result(**properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


CALL = _result(
    id=_PLAIN,
    direction={"type": "string", "enum": _DIRECTIONS},
    state={"type": "string", "enum": _STATES},
    outcome={
        "type": ["string", "null"],
        "enum": [*_OUTCOMES, Outcome.UNKNOWN.value, None],
        "description": "unknown where nobody told how the call went.",
    },
    number=_PLAIN,
    withheld=_FLAG,
    extension={**_PLAIN, "description": "Of who handled the call."},
    started_at=_DATE,
    answered_at=_DATE,
    ended_at=_DATE,
    duration={"type": "integer", "description": "Talk time in seconds."},
    voicemail=_FLAG,
    voicemail_duration={"type": "integer", "description": "Of the message, seconds."},
    recording_url=_nullable(_PLAIN),
    registered={**_FLAG, "description": "Somebody saved the call's page."},
)
CALLER = _result(
    number={**_PLAIN, "description": "E.164 where it is a number."},
    known=_FLAG,
    name={**_PLAIN, "description": "Empty where none is told."},
    extension={**_PLAIN, "description": "Of who is responsible for the caller."},
    vip=_FLAG,
    blocked=_FLAG,
)
RECORD = _result(model=_PLAIN, id={"type": "integer"}, name=_PLAIN, extension=_PLAIN)
ERROR = _result(error=_PLAIN)


@dataclass(frozen=True)
class Operation:
    """One thing that a telephone system may ask, at one address."""

    name: str
    method: str
    path: str
    summary: str
    result: dict
    body: dict | None = None
    query: dict = field(default_factory=dict)
    created: bool = False
    text: bool = False

    @property
    def has_id(self):
        return "{id}" in self.path


def _of_call(name, summary, body):
    return Operation(
        name, "POST", f"{BASE}/calls/{{id}}/{name}", summary, _result(call=CALL), body
    )


OPERATIONS = [
    Operation(
        "register",
        "POST",
        f"{BASE}/calls",
        "Register a call. The answer says who calls, so that the call can be routed to "
        "who is responsible.",
        _result(call=CALL, caller=CALLER),
        _order(
            ("id", "direction"),
            id={
                "type": "string",
                "pattern": ID_PATTERN,
                "description": "The telephone system's own id of the call.",
            },
            direction={"type": "string", "enum": _DIRECTIONS},
            number={
                **_NUMBER,
                "description": "The other party's: " + _NUMBER["description"],
            },
            withheld={"type": "boolean"},
            caller_name=_TEXT,
            dialed_number={**_NUMBER, "description": "The number that was called."},
            queue=_TEXT,
            diverted_from=_NUMBER,
            extension={**_EXTENSION, "description": "The extension that rings."},
            at=_AT,
        ),
        created=True,
    ),
    Operation(
        "read", "GET", f"{BASE}/calls/{{id}}", "Read a call.", _result(call=CALL)
    ),
    _of_call(
        "ringing",
        "An extension rings.",
        _order(("extension",), extension=_EXTENSION, at=_AT),
    ),
    _of_call(
        "answered",
        "The call was answered, by an extension where one is named.",
        _order((), extension=_EXTENSION, at=_AT),
    ),
    _of_call(
        "ended",
        "The call is over.",
        _order(
            (),
            at=_AT,
            outcome={"type": "string", "enum": _OUTCOMES},
            hangup_cause={"type": "integer", "minimum": 0, "maximum": 127},
            voicemail={"type": "boolean"},
        ),
    ),
    _of_call(
        "recording",
        "Attach the address of the call's recording, or of the message that was left.",
        _order(
            ("url",),
            url={"type": "string", "pattern": "^https?://", "maxLength": 2048},
            kind={"type": "string", "enum": ["call", "voicemail"]},
            duration={
                "type": "integer",
                "minimum": 0,
                "maximum": 86400,
                "description": "Of a message, in seconds.",
            },
        ),
    ),
    _of_call(
        "show",
        "Show the call to the user of an extension, whether or not it rings.",
        _order(("extension",), extension=_EXTENSION, at=_AT),
    ),
    _of_call(
        "hide",
        "Take the call off the screen of an extension's user.",
        _order(("extension",), extension=_EXTENSION, at=_AT),
    ),
    Operation(
        "search",
        "GET",
        f"{BASE}/records",
        "Find the records that have a number.",
        _result(records={"type": "array", "items": RECORD}),
        query={"number": {**_NUMBER, "minLength": 1}},
    ),
    Operation(
        "lookup",
        "GET",
        "/telephony/lookup",
        "Say who calls, for dial plans: as JSON, or one value as plain text.",
        CALLER,
        query={
            "number": {**_NUMBER, "minLength": 1},
            "field": {
                "type": "string",
                "enum": ["name", "extension", "vip", "blocked"],
                "description": "The value of a plain text answer; name, where it is "
                "not told. vip and blocked are 1 or 0.",
            },
            "format": {"type": "string", "enum": ["json", "text"]},
        },
        text=True,
    ),
]
BY_NAME = {operation.name: operation for operation in OPERATIONS}

_REASONS = {
    400: "The request can't be understood; the answer says why. Nothing was changed.",
    401: "The token is wrong, expired or revoked.",
    404: "No such call is known.",
    411: "The request does not tell the length of its body.",
    413: "The body is longer than 64 kB.",
    415: "The body is not application/json.",
    429: "Too many requests; Retry-After says when to go on.",
}


def build_openapi():
    """Return the API's description as OpenAPI 3.1.

    :rtype: dict
    """
    paths = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(
            operation
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Telephony Connector",
            "version": VERSION,
            "description": "Any telephone system may tell Odoo of its calls, and ask "
            "who calls. The same request again changes nothing; they may come in any "
            "sequence, a call begins with its first one. Where its time is told (at), "
            "the log says the same in the end, whatever the sequence.",
            "license": {"name": "LGPL-3.0-or-later", "identifier": "LGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Any user name, the token as password.",
                },
            }
        },
    }


def _describe(operation):
    described = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            *(
                [_parameter("id", "path", {"type": "string", "pattern": ID_PATTERN})]
                if operation.has_id
                else []
            ),
            *(
                _parameter(name, "query", schema, name == "number")
                for name, schema in operation.query.items()
            ),
        ],
        "responses": _describe_responses(operation),
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": operation.body}},
        }
    if operation.name == "lookup":
        described["security"] = [{"bearer": []}, {"basic": []}]
    return described


def _parameter(name, place, schema, required=True):
    return {"name": name, "in": place, "required": required, "schema": schema}


def _describe_responses(operation):
    content = {"application/json": {"schema": operation.result}}
    if operation.text:
        content["text/plain"] = {"schema": {"type": "string"}}
    responses = {"200": {"description": "Done.", "content": content}}
    if operation.created:
        responses["201"] = {"description": "Registered now.", "content": content}
    codes = {400, 401, 429}
    if operation.name == "read":
        codes.add(404)
    if operation.body:
        codes |= {411, 413, 415}
    for code in sorted(codes):
        responses[str(code)] = {"description": _REASONS[code]}
        if code != 401:
            responses[str(code)]["content"] = {"application/json": {"schema": ERROR}}
    responses["429"]["headers"] = {
        "Retry-After": {"schema": {"type": "string"}, "description": "In seconds."}
    }
    return responses
