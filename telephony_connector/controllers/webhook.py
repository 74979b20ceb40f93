from odoo import fields, http
from odoo.http import Response, request

from ..models.telephony_webhook_event import KEEP
from . import guard


class TelephonyWebhook(http.Controller):
    """Where telephone systems post their events."""

    @http.route(
        "/telephony/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    @guard.guarded
    def webhook(self, token, **_parameters):
        """Take in an event of the telephone system that ``token`` belongs to.

        The token only finds the telephone system; the event's secret, which the
        provider knows, says that it is genuine.
        """
        pbx_sudo = request.env["telephony.pbx"]._find_by_webhook_token(token)
        if not pbx_sudo:
            guard.refuse_unknown()
        guard.consume("webhook", pbx_sudo.id, pbx_sudo.api_rate)
        provider = pbx_sudo._get_provider()
        if not provider.has_webhook:
            guard.refuse_unknown()
        headers = request.httprequest.headers
        wanted = provider.answer_handshake(headers)
        if wanted and not request.httprequest.content_length:
            # The handshake: nothing is reported yet.
            return Response(status=200, headers=wanted)
        body = guard.read_body()
        with guard.refusing_unreadable():
            is_genuine = provider.is_webhook_genuine(headers, body)
        if not is_genuine:
            guard.refuse_unknown()
        with guard.refusing_unreadable():
            event = provider.read_webhook(headers, body)
        self._process(pbx_sudo, *event)
        return guard.answer({"ok": True}, **wanted)

    def _process(self, pbx_sudo, guid, date, changes):
        """Pass a genuine event on to the door, once."""
        if date < fields.Datetime.now() - KEEP:
            raise guard.Refused(400, "the event is too old")
        if date > fields.Datetime.now() + KEEP:
            raise guard.Refused(400, "the event is of the future")
        # sudo - telephony.webhook.event: the sender is no user
        events_sudo = request.env["telephony.webhook.event"].sudo()
        if not events_sudo._claim(pbx_sudo, guid):
            return
        request.env["telephony.call"]._apply_parts(
            [{**change, "pbx_id": pbx_sudo.id} for change in changes]
        )
