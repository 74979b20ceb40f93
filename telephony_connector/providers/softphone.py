from odoo.exceptions import ValidationError

from ..engine.dial_link import build_dial_link, is_dial_link
from ..engine.dial_rules import require_authorized
from .base import Provider


class SoftphoneProvider(Provider):
    """A softphone on the user's computer, which browsers and Odoo reach by links alone.

    It is given a number by a link that the browser opens, and reports calls by opening
    pages (``/telephony/incoming``). It never tells how a call went.
    """

    has_click_to_call = True

    def prepare_call(self):
        # Nobody will report the call's end: it is logged as over, how is not known,
        # rather than as ringing for ever.
        return {"state": "ended", "outcome": "unknown", "incomplete": True}

    def dial(self, call, extension, number):
        # The browser hands the number over: see describe_dial.
        return self.env["telephony.command"]

    def describe_dial(self, call, number):
        setting = self.env.user._get_telephony_setting
        has_page = (
            call.direction != "internal"
            or setting("internal_calls", self.pbx) == "page"
        )
        return {
            "link": build_dial_link(
                self.settings.dial_link, require_authorized(number)
            ),
            "action": call.action_open_page() if has_page else False,
            "message": self.env._("Passed to your softphone"),
        }

    def check_settings(self):
        if not is_dial_link(self.settings.dial_link or ""):
            raise ValidationError(
                self.env._(
                    "The link must begin with a softphone's scheme and name the "
                    "number's place once, as in tel:{number} or sip:{number}. Links "
                    "that a browser opens itself, such as https or javascript, are "
                    "not allowed."
                )
            )
