from odoo.exceptions import ValidationError

from .base import Provider


class AsteriskProvider(Provider):
    """Asterisk over its Manager Interface: the listener holds the only connection."""

    code = "asterisk"
    label = "Asterisk (AMI)"

    def dial(self, call, extension, number):
        # The user's own phone shows whom it is about to call.
        return self.env["telephony.command"]._ask(
            self.pbx,
            "dial",
            {
                "device": extension._get_devices()[0],
                "extension": extension.number,
                "number": number,
                "context": self.pbx.context,
                "timeout": self.pbx.ring_timeout,
                "uniqueid": call.uniqueid,
            },
            call,
        )

    def check_settings(self):
        pbx = self.pbx
        if not (pbx.host and pbx.username and pbx.dial_string and pbx.context):
            raise ValidationError(
                self.env._(
                    "“%(name)s” needs an address, a user name, a dial string and a "
                    "dial plan context.",
                    name=pbx.name,
                )
            )
