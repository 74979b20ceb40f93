import uuid
from urllib.parse import quote, urlencode

from odoo import http
from odoo.http import request

# Longer values are no telephone numbers and no ids.
MAX_PARAMETER = 128


class TelephonyController(http.Controller):
    """Pages by URL, and the click that starts a call."""

    @http.route("/telephony/call", type="jsonrpc", auth="user", methods=["POST"])
    def call(self, number, model=False, res_id=False, field=False, confirmed=False):
        """Ring the user's own phone, then the number: see ``telephony.client.dial``."""
        client = request.env["telephony.client"]
        return client.dial(number, model, res_id, field, confirmed)

    @http.route(
        "/telephony/incoming", type="http", auth="user", methods=["GET"], readonly=True
    )
    def incoming(self, **parameters):
        """Show the page of an incoming call. Writes nothing.

        :param parameters: ``number``, ``name``, ``dialed``, ``uniqueid`` (or as the
            telephone system ``pbx`` calls them); or ``call``, the id of a
            `telephony.call`
        """
        return self._redirect_to_page("inbound", parameters)

    @http.route(
        "/telephony/outgoing", type="http", auth="user", methods=["GET"], readonly=True
    )
    def outgoing(self, **parameters):
        """Show the page of an outgoing call, as ``incoming``. Writes nothing."""
        return self._redirect_to_page("outbound", parameters)

    def _redirect_to_page(self, direction, parameters):
        """Send the browser to the web client, with what the URL says of the call.

        A call without an id gets one first (``ref``), in the address itself, so that a
        reload leads to the same call.
        """
        wanted = {
            key: value[:MAX_PARAMETER]
            for key, value in request.env["telephony.pbx"]._read_url(parameters).items()
        }
        if not wanted.keys() & {"call", "uniqueid", "ref"}:
            ref = {"ref": uuid.uuid4().hex}
            return self._redirect(request.httprequest.path, {**parameters, **ref})
        for key in wanted.keys() & {"number", "dialed"}:
            wanted[key] = self._as_uri(wanted[key])
        return self._redirect(
            "/odoo/telephony-call", {"direction": direction, **wanted}
        )

    def _as_uri(self, number):
        """Write a number as a URI.

        The web client's router turns what looks like a number into one, and drops its
        plus or leading zeros: as a URI it stays a text.
        """
        if number.startswith(" "):
            # An unencoded plus arrives as a space.
            number = "+" + number.strip()
        return number if ":" in number else f"tel:{number}"

    def _redirect(self, path, query):
        return request.redirect(f"{path}?{urlencode(query, quote_via=quote)}")
