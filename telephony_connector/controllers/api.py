import re
from datetime import UTC, datetime, timedelta

from odoo import fields, http
from odoo.http import request

from ..engine.origin import is_web_address
from ..engine.presented import is_presentable
from . import api_check, guard
from .api_schema import BASE, BY_NAME, ID_PATTERN, build_openapi

# Calls are reported as they happen, or soon after.
OLDEST = timedelta(days=366)
FUTURE = timedelta(days=1)
NUMBERS = ("number", "dialed_number", "diverted_from")


def api_route(path, method):
    """Make a route of the API: no session, our own tokens."""
    return http.route(
        path,
        type="http",
        auth="public",
        methods=[method],
        csrf=False,
        save_session=False,
    )


class TelephonyApi(http.Controller):
    """The door for any telephone system: see ``docs/api.md``."""

    @api_route(f"{BASE}/openapi.json", "GET")
    @guard.guarded
    def openapi(self, **_parameters):
        """Describe the API."""
        return guard.answer(build_openapi())

    @api_route(f"{BASE}/calls", "POST")
    @guard.guarded
    def register(self, **_parameters):
        """Register a call: 201 where it is new, 200 where it is known."""
        pbx_sudo = guard.authenticate()
        body = read_body("register")
        check_extension(pbx_sudo, body)
        api = request.env["telephony.api"]
        call, is_new = api._register_call(pbx_sudo, body)
        result = {
            "call": api._prepare_call(call),
            "caller": api._lookup(pbx_sudo, body.get("number", "")),
        }
        return guard.answer(result, 201 if is_new else 200)

    @api_route(f"{BASE}/calls/<string:uniqueid>", "GET")
    @guard.guarded
    def read_call(self, uniqueid, **_parameters):
        """Read a call."""
        call = find_call(guard.authenticate(), uniqueid)
        return guard.answer({"call": request.env["telephony.api"]._prepare_call(call)})

    @api_route(
        f"{BASE}/calls/<string:uniqueid>"
        "/<any(ringing, answered, ended, recording, show, hide):name>",
        "POST",
    )
    @guard.guarded
    def update_call(self, uniqueid, name, **_parameters):
        """Process what happened to a call, which begins with the first request."""
        pbx_sudo = guard.authenticate()
        check_id(uniqueid)
        body = read_body(name)
        check_extension(pbx_sudo, body)
        if name == "recording" and not is_web_address(body["url"]):
            raise guard.Refused(400, "body.url is no http or https address")
        api = request.env["telephony.api"]
        call = api._process(pbx_sudo, uniqueid, name, body)
        return guard.answer({"call": api._prepare_call(call)})

    @api_route(f"{BASE}/records", "GET")
    @guard.guarded
    def search(self, **parameters):
        """Find the records that have a number."""
        pbx_sudo = guard.authenticate()
        query = read_query("search", parameters)
        api = request.env["telephony.api"]
        records = api._search_records(pbx_sudo, query["number"])
        return guard.answer({"records": records})


def find_call(pbx_sudo, uniqueid):
    """Return a call of the telephone system.

    :raise guard.Refused: it has none with this id
    """
    check_id(uniqueid)
    call = request.env["telephony.api"]._find_call(pbx_sudo, uniqueid)
    if not call:
        raise guard.Refused(404, "there is no such call")
    return call


def check_id(uniqueid):
    """Make sure that a text may be the id of a call.

    :raise guard.Refused: it is none
    """
    if not re.fullmatch(ID_PATTERN, uniqueid):
        raise guard.Refused(400, "the id may have letters, digits and ._:@+~- only")


def read_body(name):
    """Return the checked body of an operation, its ``at`` as a naive UTC datetime.

    :raise guard.Refused: it is not as the API's description says
    """
    body = guard.decode(guard.read_body())
    _check(body, BY_NAME[name].body, "body")
    if "at" in body:
        body["at"] = _read_date(body["at"])
    return body


def read_query(name, parameters):
    """Return the checked parameters of an operation.

    :raise guard.Refused: they are not as the API's description says
    """
    known = BY_NAME[name].query
    schema = {"type": "object", "properties": known, "required": ["number"]}
    # A plus that was not encoded arrives as a space.
    if parameters.get("number", "").startswith(" "):
        parameters["number"] = "+" + parameters["number"].lstrip()
    _check(parameters, schema, "query")
    return {key: value for key, value in parameters.items() if key in known}


def _check(values, schema, where):
    try:
        api_check.check(values, schema, where)
    except api_check.SchemaError as error:
        raise guard.Refused(400, str(error)) from error
    for key in NUMBERS:
        if not is_presentable(values.get(key, "")):
            raise guard.Refused(400, f"{where}.{key} is no telephone number")


def _read_date(text):
    try:
        date = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise guard.Refused(400, "body.at is no time") from error
    date = date.replace(tzinfo=None, microsecond=0)
    now = fields.Datetime.now()
    if not now - OLDEST <= date <= now + FUTURE:
        raise guard.Refused(400, "body.at is too long ago, or to come")
    return date


def check_extension(pbx_sudo, body):
    """Make sure that the extension a request names is one of the telephone system.

    :raise guard.Refused: it is not
    """
    number = body.get("extension")
    if number and number not in pbx_sudo.extension_ids.mapped("number"):
        raise guard.Refused(400, "body.extension is no extension known to Odoo")
