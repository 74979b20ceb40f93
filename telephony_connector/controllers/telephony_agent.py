"""What the desktop agent asks, by its own token and without a session."""

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import request

from .guard import Refused, answer, consume, decode, guarded, read_body, refuse_unknown

# Questions a minute of one agent: two for each call, and one for each new line.
AGENT_RATE = 300


class TelephonyAgentController(http.Controller):
    """Routes for the tokens of `telephony.agent.token`, which no other route takes."""

    @http.route(
        "/telephony/agent/hello",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    @guarded
    def hello(self):
        """Check the token, before the websocket, which has no answer for a wrong one.

        :return: ``user``; ``last``, the bus's newest notification, to listen from; and
            ``calls`` that ring or go on already, as the bus reports them
        """
        token_sudo = self._get_token()
        token_sudo.last_seen = fields.Datetime.now()
        agents = self._get_env(token_sudo)["telephony.agent.token"]
        return answer(
            {
                "user": token_sudo.user_id.name,
                # sudo - bus.bus: the number of the last message says nothing of it
                "last": request.env["bus.bus"].sudo()._bus_last_id(),
                "calls": agents._get_calls(),
            }
        )

    @http.route(
        "/telephony/agent/call",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    @guarded
    def call(self):
        """Say what to show of a call, and hand out its page: see ``_answer``.

        The body is JSON: ``call`` (id) and ``claim`` (whether to open the page).
        """
        token_sudo = self._get_token()
        question = decode(read_body())
        call_id, claim = question.get("call"), question.get("claim")
        if type(call_id) is not int or type(claim) is not bool:
            raise Refused(400, "call is a whole number, claim is true or false")
        env = self._get_env(token_sudo)
        call = env["telephony.call"].browse(call_id).exists()
        try:
            return answer(env["telephony.agent.token"]._answer(call, claim))
        except (AccessError, ValueError) as error:
            # No such call, or none of the user's: they look the same.
            raise Refused(404, "there is no such call") from error

    def _get_token(self):
        """Return the token that the request bears, as superuser.

        :raise Refused: it bears none, or one that is not valid
        """
        header = request.httprequest.headers.get("Authorization", "")
        kind, _blank, token = header.partition(" ")
        token_sudo = request.env["telephony.agent.token"]
        if kind.lower() == "bearer":
            token_sudo = token_sudo._find(token.strip())
        if not token_sudo:
            refuse_unknown("Bearer")
        consume("agent", token_sudo.id, AGENT_RATE)
        return token_sudo

    def _get_env(self, token_sudo):
        """Return the environment of the token's user, in the user's language."""
        user = token_sudo.user_id
        return request.env(user=user.id, su=False, context=dict(user.context_get()))
