import hashlib
import hmac
import logging
from datetime import datetime
from functools import partial

import requests

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError

from odoo.addons.telephony_connector.engine.dial_rules import require_authorized
from odoo.addons.telephony_connector.engine.json_object import read_json_object
from odoo.addons.telephony_connector.providers.base import Provider

_logger = logging.getLogger(__name__)

STATES = {"ringing": "start_date", "ongoing": "answer_date", "ended": "end_date"}


class ExampleProvider(Provider):
    """Example's servers: they are asked over HTTPS, and post signed events."""

    has_click_to_call = True
    has_webhook = True

    # === DIALING === #

    def dial(self, call, extension, number):
        secret = self.pbx._get_secret("secret")
        if not secret:
            raise UserError(
                self.env._(
                    "Nothing was dialed: “%(name)s” has no password yet.",
                    name=self.pbx.name,
                )
            )
        order = {
            "id": call.uniqueid,
            "line": self.settings.example_line,
            "extension": extension.number,
            "number": require_authorized(number),
        }
        command = self.env["telephony.command"]._hand_over(self.pbx, "dial", call)
        self.env.cr.postcommit.add(
            partial(
                send_order,
                self.env.registry,
                command.id,
                f"{self.get_login_place()}/calls",
                secret,
                order,
            )
        )
        return command

    # === THE WEBHOOK === #

    def is_webhook_genuine(self, headers, body):
        secret = self.pbx._get_secret("secret")
        if not secret:
            return False
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(
            signature.encode(), headers.get("X-Signature", "").encode()
        )

    def read_webhook(self, headers, body):
        event = read_json_object(headers.get("Content-Type", ""), body)
        try:
            date = datetime.fromisoformat(event["date"])
            state = event["state"]
            reported = {"state": state, STATES[state]: date}
            change = {
                "uniqueid": str(event["call"]),
                "direction": "inbound",
                "number": str(event["from"]),
                "legs": [
                    {
                        "uniqueid": str(event["extension"]),
                        "extension": str(event["extension"]),
                        **reported,
                    }
                ],
                **reported,
            }
            return str(event["id"]), date, [change]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("this is no event of a call") from error

    # === SETTINGS === #

    def get_login_place(self):
        return f"https://{self.settings.host}" if self.settings.host else ""

    def check_settings(self):
        if not self.settings.host or not self.settings.example_line:
            raise ValidationError(
                self.env._("Example needs the address of its server, and a line.")
            )


def send_order(registry, command_id, url, secret, order):
    """Ask the server to dial, once, and tell the user how it went."""
    outcome = ("done",)
    try:
        headers = {"Authorization": f"Bearer {secret}"}
        response = requests.post(url, json=order, headers=headers, timeout=10)
        if not response.ok:
            outcome = ("failed", "refused", str(response.status_code))
    except requests.ReadTimeout:
        outcome = ("failed", "unanswered")
    except requests.RequestException as error:
        _logger.info("Example: %s", type(error).__name__)
        outcome = ("failed", "unreachable")
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["telephony.command"].browse(command_id)._finish(*outcome)
