from urllib.parse import urlencode

from odoo import http
from odoo.http import request

# Longer values are no telephone numbers and no ids.
MAX_PARAMETER = 128


class TelephonyController(http.Controller):
    """Pages by URL, and the click that starts a call."""

    @http.route("/telephony/call", type="jsonrpc", auth="user", methods=["POST"])
    def call(self, number, model=False, res_id=False, field=False):
        """Ring the user's own phone, then the number: see ``telephony.call.dial``."""
        return request.env["telephony.call"].dial(number, model, res_id, field)

    @http.route("/telephony/incoming", type="http", auth="user", methods=["GET"])
    def incoming(self, **parameters):
        """Show the page of an incoming call from ``number``. Writes nothing."""
        return self._redirect_to_page("inbound", parameters)

    @http.route("/telephony/outgoing", type="http", auth="user", methods=["GET"])
    def outgoing(self, **parameters):
        """Show the page of an outgoing call to ``number``. Writes nothing."""
        return self._redirect_to_page("outbound", parameters)

    def _redirect_to_page(self, direction, parameters):
        """Send the browser to the web client, with what the URL says of the call."""
        wanted = {
            key: value[:MAX_PARAMETER]
            for key in ("number", "uniqueid", "dialed", "pbx", "ref")
            if (value := parameters.get(key))
        }
        if wanted.get("number", "").startswith(" "):
            # An unencoded plus arrives as a space.
            wanted["number"] = "+" + wanted["number"].strip()
        return request.redirect(
            "/odoo/telephony-call?" + urlencode({"direction": direction, **wanted})
        )
