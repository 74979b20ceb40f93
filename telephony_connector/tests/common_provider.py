"""A kind of telephone system for tests, that posts events to the webhook."""

from datetime import datetime

from odoo.tools import consteq

from ..engine.dial_rules import require_authorized
from ..engine.json_object import read_json_object
from ..providers.base import Provider

CODE = "api"
SECRET = "the-secret"
# When what an event tells happened.
DATES = {"ringing": "start_date", "ongoing": "answer_date", "ended": "end_date"}


class WebhookProvider(Provider):
    """It dials at once; its events are JSON and name their secret."""

    has_click_to_call = True
    has_webhook = True
    opens_outgoing_page = True

    def dial(self, call, extension, number):
        require_authorized(number)
        return self.env["telephony.command"]._hand_over(self.pbx, "dial", call)

    def get_login_place(self):
        return f"https://{self.settings.host}" if self.settings.host else ""

    def answer_handshake(self, headers):
        return {"Echo": headers["Echo"]} if "Echo" in headers else {}

    def is_webhook_genuine(self, headers, body):
        known, sent = self.pbx._get_secret("secret"), read(headers, body).get("secret")
        return bool(
            known and isinstance(sent, str) and consteq(known.encode(), sent.encode())
        )

    def read_webhook(self, headers, body):
        event = read(headers, body)
        try:
            date = datetime.fromisoformat(event["date"])
            changes = [read_change(date, **told) for told in event["told"]]
            return event["guid"], date, changes
        except (KeyError, TypeError) as error:
            raise ValueError("the event lacks something") from error


def read(headers, body):
    return read_json_object(headers.get("Content-Type", ""), body)


def read_change(date, call, state, extension):
    """Return the change that an event tells of: a call's, and one extension's part."""
    told = {"state": state, DATES[state]: date}
    leg = {"uniqueid": extension, "extension": extension, **told}
    return {
        "uniqueid": call,
        "direction": "inbound",
        "number": "+33612340001",
        "legs": [leg],
        **told,
    }


def choosing_webhooks(registry):
    """Return what to patch so that the kind ``api`` is this one."""
    model = registry["telephony.pbx"]
    others = model._get_provider_class

    def choose(pbx):
        return WebhookProvider if pbx.provider == CODE else others(pbx)

    return model, "_get_provider_class", choose


class WebhookCase:
    """Telephone systems of the kind ``api`` have a webhook: for a `TelephonyCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(*choosing_webhooks(cls.registry))
        cls.pbx.write({"provider": CODE, "host": "pbx.example.com", "secret": SECRET})
