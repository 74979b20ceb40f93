"""Click-to-call: from a click in the web client to the telephone system."""

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

        :param str number: what stands in the record's field, one of its numbers, or
            what was typed in
        :param str model: of the record that was clicked, with ``res_id`` and ``field``:
            the numbers are read as the index reads them, with the record's country, and
            the call belongs to it, whoever else has the number
        :param bool confirmed: the user was asked what there was to ask
        :return: what the client shows until the bus tells more. Where nothing was
            dialled, one key alone: ``choose``, a list of dicts ``number`` (to dial
            then) and ``number_display``, where there are several; ``confirm``, a
            question, where the user is to be asked first
        :rtype: dict
        :raise AccessError: the user has not the right to call
        :raise UserError: with the reason in the user's words; nothing was dialled then
        """
        self.env["telephony.pbx"]._check_sender()
        extension = self.env.user._get_telephony_extension()
        pbx = extension.pbx_id
        pbx._check_at_home()
        clicked = self._check_clicked(model, res_id, field)
        found = self._read_click(number or "", clicked, field, pbx)
        if len(found) > 1:
            return {"choose": self._describe_choices(found, pbx)}
        text = pbx._authorize(found[0])
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
        record = self._get_clicked_object(clicked, field)
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
    def _check_clicked(self, model, res_id, field):
        """Return the record that was clicked, ``None`` for a number typed in.

        :raise AccessError: where the user may not read it
        :raise UserError: where it is no more, or has no such field
        """
        if not model:
            return None
        if model not in self.env:
            raise UserError(self.env._("There is no such field."))
        record = self.env[model].browse(res_id or 0)
        if not self.env["telephony.number"]._is_clickable(record, field):
            raise UserError(self.env._("There is no such field."))
        record.check_access("read")
        record._check_field_access(record._fields[field], "read")
        if not record.exists():
            raise UserError(self.env._("This record is no more."))
        return record

    @api.model
    def _read_click(self, number, clicked, field, pbx):
        """Return what a click or a typed text means, several to choose from.

        :param str number: what was clicked, chosen or typed
        :param clicked: the record that the field is of, ``None`` for a text typed in
        :param pbx: the `telephony.pbx` that would dial
        :return: texts for the door out, one at least
        :rtype: list[str]
        :raise UserError: where the number is not one of the field's
        """
        numbers = self.env["telephony.number"]
        if clicked is None:
            found = numbers._get_text_numbers(number, pbx, numbers._get_region(pbx))
            # One number is left to the door, with the prefixes that were typed.
            return found if len(found) > 1 else [number]
        stored = numbers._get_field_numbers(clicked, field, pbx)
        if number in stored:
            return [number]
        countries = numbers._get_countries(clicked, field)
        found = numbers._get_text_numbers(number, pbx, *countries)
        texts = numbers._get_field_texts(clicked, field)
        if not found and number.split() in [text.split() for text in texts]:
            return [number]
        if not found or not {*found} <= {*stored}:
            raise UserError(
                self.env._(
                    "This number was changed meanwhile. Please reload the page and "
                    "call again."
                )
            )
        return found

    @api.model
    def _describe_choices(self, found, pbx):
        """Return numbers as the client lets the user choose among them."""
        numbers = self.env["telephony.number"]
        return [
            {"number": number, "number_display": numbers._format(number, pbx)}
            for number in found
        ]

    @api.model
    def _get_clicked_object(self, clicked, field):
        """Return the record that a call belongs to by what was clicked, or ``None``.

        :param clicked: a record, or ``None``
        :param str field: the field that was clicked
        """
        if clicked is None:
            return None
        if clicked._name in CALL_MODELS:
            record = clicked.object_ref
        else:
            # sudo - any model: where the text comes from; access is checked below
            holder, _field = self.env["telephony.number"]._get_holder(
                clicked.sudo(), field
            )
            record = holder.sudo(False)
        if not record or record._name not in self._get_object_models():
            return None
        return record if record.has_access("read") else None

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
