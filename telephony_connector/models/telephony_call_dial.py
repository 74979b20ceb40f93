"""Click-to-call: from a click in the web client to the telephone system."""

import re
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.parameters import takes
from .telephony_command import ANSWER_WITHIN, UNKNOWN_CODES

# A number that is clicked on these belongs to the record that they name.
CALL_MODELS = ("telephony.call", "telephony.registration")


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    @takes(number=str, model=str, res_id=int, field=str, confirmed=bool)
    def dial(self, number, model=False, res_id=False, field=False, confirmed=False):
        """Ring the current user's own phone, then ``number``; or have it dialled by a
        link, as the kind of telephone system does.

        :param str number: as it stands in the record's field, or as typed in
        :param str model: of the record that was clicked, with ``res_id`` and ``field``;
            the call belongs to it, whoever else has the number
        :param bool confirmed: the user was asked what there was to ask
        :return: what the client shows until the bus tells more; ``confirm`` alone, a
            question, where the user is to be asked first and nothing was dialled
        :rtype: dict
        :raise AccessError: the user has not the right to call
        :raise UserError: with the reason in the user's words; nothing was dialled then
        """
        self.env["telephony.pbx"]._check_sender()
        extension = self.env.user._get_telephony_extension()
        pbx = extension.pbx_id
        pbx._check_at_home()
        record = self._check_clicked(number, model, res_id, field)
        text = pbx._authorize(number)
        questions = [text.question, self._ask_ring_again(extension)]
        if any(questions) and not confirmed:
            return {"confirm": "\n\n".join(filter(None, questions))}
        reading = text.reading
        is_internal = reading.kind == "internal"
        provider = pbx._get_provider()
        call = self._apply(
            [
                {
                    "pbx_id": pbx.id,
                    "uniqueid": f"odoo-{uuid.uuid4()}",
                    "direction": "internal" if is_internal else "outbound",
                    "state": "ringing",
                    # Of an internal call, the number is the caller's.
                    "number": (
                        extension.number
                        if is_internal
                        else reading.e164 or reading.text
                    ),
                    "dialed_number": text,
                    "extension": extension.number,
                    "start_date": fields.Datetime.now(),
                    **provider.prepare_call(),
                }
            ]
        ).with_env(self.env)
        if record is not None:
            call._set_object(record)
        command = provider.dial(call, extension, text)
        return {
            "call_id": call.id,
            "command_id": command.id,
            "expires_in": command._get_seconds_left() if command else 0,
            "number_display": call._get_number_text(),
            "message": self.env._(
                "Ringing your phone %(extension)s", extension=extension.number
            ),
            **provider.describe_dial(call, text),
        }

    @api.model
    def _ask_ring_again(self, extension):
        """Say what a user is asked before the own phone is rung, where it is not known
        whether an earlier click rings it.

        :param extension: the user's `telephony.extension`
        :return: the question; ``False`` where there is none
        """
        pbx = extension.pbx_id
        # sudo - telephony.pbx: how long a phone rings users can't read
        begins = timedelta(seconds=pbx.sudo().ring_timeout + ANSWER_WITHIN)
        # sudo - telephony.command: the user's own clicks
        unknown_sudo = (
            self.env["telephony.command"]
            .sudo()
            .search(
                [
                    ("action", "=", "dial"),
                    ("user_id", "=", self.env.uid),
                    ("pbx_id", "=", pbx.id),
                    ("call_id.extension_id", "=", extension.id),
                    ("create_date", ">=", fields.Datetime.now() - begins),
                    "|",
                    ("state", "=", "sent"),
                    ("code", "in", UNKNOWN_CODES),
                ],
                limit=1,
            )
        )
        call_sudo = unknown_sudo.call_id
        # What the telephone system showed of a call is known: it rings or it does not.
        if not call_sudo or call_sudo.leg_ids:
            return False
        return self.env._(
            "It is not known whether your phone rings for your call to %(number)s. "
            "Call all the same?",
            number=call_sudo._get_number_text(),
        )

    @api.model
    def _check_clicked(self, number, model, res_id, field):
        """Return the record that was clicked, ``None`` for a number typed in.

        :raise AccessError: where the user may not read it
        :raise UserError: where the number is not one of the field's
        """
        if not model:
            return None
        if model not in self.env or field not in self.env[model]._fields:
            raise UserError(self.env._("There is no such field."))
        record = self.env[model].browse(res_id or 0)
        record.check_access("read")
        record._check_field_access(record._fields[field], "read")
        if _digits(number or "") not in _digits(str(record[field] or "")):
            raise UserError(
                self.env._("The number has changed meanwhile: please reload the page.")
            )
        if model in CALL_MODELS:
            record = record.object_ref
            return record if record and record.has_access("read") else None
        return record if model in self._get_object_models() else None

    def _get_called_name(self):
        """Return the name of whom the call goes to, as far as the current user may
        know it; empty where nobody or several have the number."""
        self.ensure_one()
        if self.direction == "internal":
            return self._get_colleague() or ""
        record = self._get_visible_object()
        if record is None:
            record = self._get_matches().caller
        return record.display_name if record is not None else ""


def _digits(text):
    return re.sub(r"\D", "", text)
