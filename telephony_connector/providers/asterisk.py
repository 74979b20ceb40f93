import re
import uuid

from odoo.exceptions import UserError

from ..engine.origin import Origin
from ..engine.presence import WRAP_UP
from .base import Provider, get_authority_mark

# Services of the telephone system, which no outside party learns of.
FEATURE_CODE = re.compile(r"[*#]")
# Control → the AMI action that the account must be allowed.
NEEDED_ACTIONS = {
    "hangup": "Hangup",
    "transfer": "BlindTransfer",
    "attended_transfer": "Atxfer",
    "complete_transfer": "Hangup",
    "conference": "PlayDTMF",
    "cancel_transfer": "CancelAtxfer",
    "voicemail": "Redirect",
    "park": "Park",
    "pickup": "Originate",
    "retrieve": "Originate",
}
# The same for what supervisors do with agents.
NEEDED_FOR_AGENTS = {
    "pause": "QueuePause",
    "resume": "QueuePause",
    "log_in": "QueueAdd",
    "log_out": "QueueRemove",
}


class AsteriskProvider(Provider):
    """Asterisk over its Manager Interface: the listener holds the only connection."""

    has_click_to_call = True
    controls = frozenset(NEEDED_ACTIONS)
    has_listener = True
    dials_codes = True

    def dial(self, call, extension, number):
        payload = self._prepare_own_phone(extension, call.uniqueid)
        payload["number"] = number
        client = self.env["telephony.client"]
        payload["called_name"] = client._get_called_name(call)
        if call.direction != "internal" and not FEATURE_CODE.match(number):
            payload["is_internal"] = False
            payload["caller_id"] = self._get_outside_number(extension, number)
        return self.env["telephony.command"]._send(self.pbx, "dial", payload, call)

    def _get_outside_number(self, extension, number):
        """Return the number that an outside party sees, empty for the phone's own.

        An emergency is to be called as from the phone itself: the dial plan may know
        where that stands.
        """
        if number in self.settings._get_emergency_numbers():
            return ""
        return extension.caller_id or self.settings.caller_id or ""

    def _prepare_own_phone(self, extension, uniqueid):
        """Return how a user's own phone is rung, for a number within the company."""
        return {
            "device": extension._get_click_device(),
            "extension": extension.number,
            # sudo - res.users: a colleague's name, as a link to the user shows it
            "caller_name": extension.sudo().user_id.name or "",
            "is_internal": True,
            "caller_id": "",
            "header": extension._get_auto_answer(),
            "context": self.settings.context,
            "timeout": self.settings.ring_timeout,
            "uniqueid": uniqueid,
        }

    def get_controls(self):
        pbx = self.settings
        offered = {name for name, needs in NEEDED_ACTIONS.items() if self._may(needs)}
        if not pbx.voicemail_code:
            offered.discard("voicemail")
        if not pbx.pickup_code:
            offered.discard("pickup")
        return frozenset(offered)

    def control(self, call, action, number):
        command = getattr(self, f"_prepare_{action}")(call, number)
        return self.env["telephony.command"]._send(self.pbx, *command, call)

    def _prepare_hangup(self, call, _number):
        return "hangup", {"channel": self._existing(call._get_own_channel())}

    def _prepare_transfer(self, call, number):
        target = {"number": number, "context": self.settings.context}
        if call._get_leg_state(self.env.user) == "ringing":
            # Nobody talks yet: the caller is sent on, and this phone stops ringing.
            channel = self._existing(call._get_other_channel())
            return "redirect", {"channel": channel, **target}
        channel = self._existing(call._get_own_channel())
        return "transfer", {"channel": channel, **target}

    def _prepare_attended_transfer(self, call, number):
        return "attended_transfer", {
            "channel": self._existing(call._get_own_channel()),
            "number": number,
            "context": self.settings.context,
        }

    def _prepare_complete_transfer(self, call, _number):
        return self._prepare_consultation("complete_transfer", call)

    def _prepare_conference(self, call, _number):
        return self._prepare_consultation("conference", call)

    def _prepare_cancel_transfer(self, call, _number):
        return self._prepare_consultation("cancel_transfer", call)

    def _prepare_consultation(self, action, call):
        leg = call.leg_ids._get_consulting(self.env.user)
        return action, {"channel": self._existing(leg.channel)}

    def _prepare_voicemail(self, call, number):
        return "redirect", {
            "channel": self._existing(call._get_other_channel()),
            "number": number,
            "context": self.settings.context,
        }

    def _prepare_park(self, call, _number):
        return "park", {
            "channel": self._existing(call._get_other_channel()),
            "parker": self._existing(call._get_own_channel()),
        }

    def _prepare_pickup(self, call, number):
        # Asterisk has no action for it: the own telephone dials the pick-up code.
        return self._prepare_fetching("pickup", number)

    def _prepare_retrieve(self, _call, number):
        # Likewise, the parking space.
        return self._prepare_fetching("retrieve", number)

    def _prepare_fetching(self, action, number):
        extension = self.env.user._get_telephony_extension()
        if extension.pbx_id != self.pbx:
            raise UserError(
                self.env._("You have no extension on “%(name)s”.", name=self.pbx.name)
            )
        return action, {
            **self._prepare_own_phone(extension, f"odoo-{action}-{uuid.uuid4()}"),
            "number": number,
        }

    def get_agent_actions(self):
        return frozenset(
            name for name, needs in NEEDED_FOR_AGENTS.items() if self._may(needs)
        )

    def _may(self, action):
        """Say whether the account may use an action of the AMI."""
        return action in (self.settings.allowed_actions or "").split()

    def act_on_agent(self, extension, action, queue, reason):
        if reason.strip().lower() == WRAP_UP:
            raise UserError(
                self.env._(
                    "“%(name)s” is what Odoo calls the time after a call. Choose "
                    "another reason.",
                    name=reason,
                )
            )
        if action in ("pause", "resume"):
            command = (
                "pause",
                {
                    "extension": extension.number,
                    "paused": action == "pause",
                    "reason": reason,
                },
            )
        else:
            command = (
                action,
                {
                    "extension": extension.number,
                    "device": extension._get_devices()[0],
                    # sudo - res.users: an agent's name, as a link to the user shows it
                    "name": extension.sudo().user_id.name or "",
                    "queue": queue,
                },
            )
        return self.env["telephony.command"]._send(self.pbx, *command)

    def can_dial_codes(self):
        return self._may("Originate")

    def dial_code(self, own, code, name):
        payload = {
            **self._prepare_own_phone(own, f"odoo-code-{uuid.uuid4()}"),
            "number": code,
            "called_name": name,
        }
        return self.env["telephony.command"]._send(self.pbx, "dial_code", payload)

    def _existing(self, channel):
        if not channel:
            raise UserError(self.env._("The call has already ended."))
        return channel

    def get_login_place(self):
        pbx = self.settings
        if not pbx.host:
            return ""
        scheme, mark = "ami", ""
        if pbx.use_tls and pbx.tls_verify:
            scheme, mark = "ami+tls", get_authority_mark(pbx.tls_ca)
        elif pbx.use_tls:
            scheme = "ami+unverified-tls"
        return f"{Origin(scheme, pbx.host.lower(), pbx.port)}{mark}"
