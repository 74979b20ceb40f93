"""The web client's telephone: dialing, controls, what is on its screen."""

import re
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.parameters import takes
from .telephony_command import ANSWER_WITHIN, UNKNOWN_CODES
from .telephony_pbx_dialing import NUMBER_WAYS

# A number that is clicked on these belongs to the record that they name.
CALL_MODELS = ("telephony.call", "telephony.registration")
# Controls by which a number is dialed.
NEED_NUMBER = ("transfer", "attended_transfer", "voicemail", "pickup", "retrieve")
# Older missed calls are history, no work to do.
MISSED_DAYS = 30
# How many calls, and how many results of a search, the panel holds.
MISSED_CALLS = 30
RECENT_CALLS = 15
FOUND_CALLEES = 8
# Digits below which a number is typed rather than searched.
SEARCHED_DIGITS = 4
# A later leader begins to count anew, and its word comes after the earlier one's: the
# client orders messages by one number. Integers of the database are below this.
REVISIONS = 2**31


class TelephonyClient(models.AbstractModel):
    """The user's telephone in the web client.

    What it asks for are public methods, what the bus brings it is `_prepare_payload`.
    An abstract model has no access rights of its own: each public method asks for the
    right to telephone (``telephony.pbx._check_sender``) or to read the call, and for
    the rights on what it is handed.
    """

    _name = "telephony.client"
    _description = "Telephone in the Web Client"

    # === DIALING === #

    @api.model
    @takes(number=str, model=str, res_id=int, field=str, confirmed=bool)
    def dial(self, number, model=False, res_id=False, field=False, confirmed=False):
        """Ring the current user's own phone, then ``number``; or have it dialed by a
        link, as the kind of telephone system does.

        :param str number: what stands in the record's field, one of its numbers, or
            what was typed in
        :param str model: of the record that was clicked, with ``res_id`` and ``field``:
            the numbers are read as the index reads them, with the record's country, and
            the call belongs to it, whoever else has the number
        :param bool confirmed: the user was asked what there was to ask
        :return: what the client shows until the bus tells more. Where nothing was
            dialed, one key alone: ``choose``, a list of dicts ``number`` (to dial
            then) and ``number_display``, where there are several; ``confirm``, a
            question, where the user is to be asked first
        :rtype: dict
        :raise AccessError: the user has not the right to call
        :raise UserError: with the reason in the user's words; nothing was dialed then
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
        questions = [text.question, self._get_ring_again_question(extension)]
        if any(questions) and not confirmed:
            return {"confirm": "\n\n".join(filter(None, questions))}
        record = self._get_clicked_object(clicked, field)
        return self._ring(extension, text, record)

    @api.model
    def _ring(self, extension, text, record=None):
        """Ring the phone of one of the current user's extensions, then a number.

        :param extension: the `telephony.extension`
        :param text: the ``AuthorizedNumber`` of its telephone system
        :param record: what the call belongs to, if that is known
        :return: as ``dial``, of a call that was dialed
        :rtype: dict
        :raise UserError: with the reason in the user's words; nothing was dialed then
        """
        pbx = extension.pbx_id
        reading = text.reading
        is_internal = reading.kind == "internal"
        provider = pbx._get_provider()
        call = (
            self.env["telephony.call"]
            ._apply(
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
            )
            .with_env(self.env)
        )
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
    def _get_ring_again_question(self, extension):
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
            "It is not known whether your phone is already ringing for your call to "
            "%(number)s. Call anyway?",
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
            raise UserError(self.env._("This field does not exist."))
        record = self.env[model].browse(res_id or 0)
        if not self.env["telephony.number"]._is_clickable(record, field):
            raise UserError(self.env._("This field does not exist."))
        record.check_access("read")
        record._check_field_access(record._fields[field], "read")
        if not record.exists():
            raise UserError(self.env._("This record no longer exists."))
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
                    "This number has been changed in the meantime. Please reload the "
                    "page and call again."
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
        if (
            not record
            or record._name not in self.env["telephony.call"]._get_object_models()
        ):
            return None
        return record if record.has_access("read") else None

    @api.model
    def _get_called_name(self, call):
        """Return the name of whom the call goes to, as far as the current user may
        know it; empty where nobody or several have the number."""
        if call.direction == "internal":
            return call._get_colleague() or ""
        record = call._get_visible_object()
        if record is None:
            record = call._get_matches().caller
        return record.display_name if record is not None else ""

    # === CONTROLS OF A CALL === #

    @api.model
    @takes(call_id=int, action=str, target=str, confirmed=bool)
    def control(self, call_id, action, target=False, confirmed=False):
        """Have the telephone system do something with a call, for the current user.

        :param int call_id: of the `telephony.call`
        :param str action: one of ``_get_controls``
        :param str target: the number to transfer to; the extension whose mailbox gets
            the call
        :param bool confirmed: the user was asked about the list of numbers not to call
        :return: what the client shows until the bus tells more. Where nothing was done,
            one key alone: ``choose`` or ``confirm``, as of ``dial``
        :rtype: dict
        :raise AccessError: the user has not the right to, or may not see the call
        :raise UserError: where it can't be done (any more), in the user's words
        """
        self.env["telephony.pbx"]._check_sender(action)
        call = self._browse_call(call_id)
        if action not in self._get_controls(call):
            raise UserError(
                self.env._("That is not possible with this call at the moment.")
            )
        number = False
        if action == "pickup":
            ringing = call.leg_ids.filtered(lambda leg: leg.state == "ringing")
            target = ringing.extension_id[:1].number
            if not target:
                raise UserError(self.env._("The call has already ended."))
        elif action == "retrieve":
            target = call.parking_space
        pbx = call.pbx_id
        if action in NUMBER_WAYS:
            found = self._read_click(target or "", None, False, pbx)
            if len(found) > 1:
                return {"choose": self._describe_choices(found, pbx)}
        if action in NEED_NUMBER:
            number = pbx._authorize(target, action)
            if number.question and not confirmed:
                return {"confirm": number.question}
        command = pbx._get_provider().control(call, action, number)
        return {
            "call_id": call.id,
            "command_id": command.id,
            "expires_in": command._get_seconds_left() if command else 0,
        }

    @api.model
    def _get_all_controls(self):
        """Return the names of all controls, in the order in which they are shown."""
        return (
            "pickup",
            "transfer",
            "attended_transfer",
            "complete_transfer",
            "conference",
            "cancel_transfer",
            "voicemail",
            "park",
            "retrieve",
            "hangup",
        )

    @api.model
    def _get_controls(self, call):
        """Return what the current user can do with a call in its present state.

        :rtype: list[str]
        """
        leg_state = call._get_leg_state(self.env.user)
        consulting = call.leg_ids._get_consulting(self.env.user)
        can = set()
        if consulting.consultation == "conference":
            can = {"hangup"}
        elif consulting:
            # A hang-up would complete the transfer.
            can = {"complete_transfer", "cancel_transfer"}
            if consulting.consultation == "ongoing":
                can.add("conference")
        elif leg_state != "ended" and call.leg_ids._is_consulted(self.env.user):
            # The other party is a colleague's, who comes back to them.
            can = {"hangup"}
        elif call.parking_space:
            can = {"retrieve"}
        elif leg_state == "ongoing":
            can = {"transfer", "attended_transfer", "voicemail", "park", "hangup"}
        elif leg_state == "ringing" and call._is_incoming_for(self.env.user):
            can = {"transfer", "voicemail", "hangup"}
        elif leg_state == "ringing" and call._get_own_channel():
            # Not before the telephone system has told by which channel it rings.
            can = {"hangup"}
        elif call.state == "ringing" and call.direction != "outbound":
            can = {"pickup"}
        can &= call.pbx_id._get_provider().get_controls()
        return [name for name in self._get_all_controls() if name in can]

    # === CALLS ON THEIR WAY === #

    @api.model
    def _prepare_payload(self, call, user):
        """Return what the bus publishes of the call to one user.

        :rtype: dict
        """
        leg_state = call._get_leg_state(user)
        return {
            "id": call.id,
            "revision": call.source_term * REVISIONS + call.source_revision,
            "direction": call.direction,
            "is_incoming": call._is_incoming_for(user),
            "state": call.state,
            "outcome": call.outcome or False,
            "leg_state": leg_state,
            "progress": self._get_progress(call),
            "on_hold": any(leg.on_hold for leg in call._get_legs(user)),
            "consultation": call.leg_ids._get_consulting(user).consultation or False,
            "transfer": call.leg_ids._get_transfer_state(user),
            "parking_space": (call.leg_ids._get_parker() == user and call.parking_space)
            or False,
            "user_id": call.user_id.id,
            "show_card": self._has_card(call, user),
            "open_page": self._wants_page(call, user, leg_state),
            # sudo - telephony.call: whether somebody saved it, not what
            "registration_revision": call.sudo().registration_revision,
        }

    @api.model
    def _get_progress(self, call):
        """Return how far the call has come, as its caller sees it.

        ``own_phone`` while the caller's own phone rings, ``calling`` while the other
        party's does, then ``ongoing`` and ``ended``.
        """
        if call.state != "ringing" or call.direction == "inbound":
            return call.state
        # Another party is called only after the own phone was picked up: by a click,
        # or to dial the number on it.
        caller = call._get_caller_extension()
        own = call.leg_ids.filtered(
            lambda leg: leg.extension_id and leg.extension_id == caller
        )
        is_calling = call.leg_ids - own or "ongoing" in own.mapped("state")
        return "calling" if is_calling else "own_phone"

    @api.model
    def _has_card(self, call, user):
        return (
            call.direction != "internal"
            or user._get_telephony_setting("internal_calls", call.pbx_id) != "nothing"
        )

    @api.model
    def _wants_page(self, call, user, leg_state):
        """Say whether the page opens by itself for a user in ``leg_state``."""
        setting = user._get_telephony_setting
        if call.direction == "outbound":
            if not call.pbx_id._get_provider().opens_outgoing_page:
                return False
        elif not call._is_incoming_for(user):
            return False
        if (
            call.direction == "internal"
            and setting("internal_calls", call.pbx_id) != "page"
        ):
            return False
        wanted = setting("open_page_on", call.pbx_id)
        if leg_state == "ringing":
            is_wanted = wanted == "ringing" or (
                wanted == "automatic" and not self._rings_several(call)
            )
        else:
            is_wanted = (
                leg_state == "ongoing"
                and wanted != "never"
                and not self._is_under_way(call, user)
            )
        return is_wanted and not call.is_blocked

    @api.model
    def _rings_several(self, call):
        """Say whether the phones of several users ring for the call."""
        # Of an internal call, the number is the caller's, whose phone shows it as
        # ringing, too.
        ringing = call.leg_ids.filtered(
            lambda leg: (
                leg.state == "ringing"
                and (call.direction != "internal" or leg.number != call.number)
            )
        )
        return len(ringing.user_id) > 1

    @api.model
    def _is_under_way(self, call, user):
        """Say whether a user's talk began while nobody listened.

        Its page is offered by the card: they are in the middle of something. A page
        that opened before the listener was started anew stays the user's.
        """
        # sudo - telephony.call.leg, telephony.call.pop: of the user's own share, fields
        # and rows that users see nothing of
        legs_sudo = call.sudo()._get_legs(user)
        is_unseen = any(
            leg.answered_unseen for leg in legs_sudo if leg.state == "ongoing"
        )
        return is_unseen and not self.env["telephony.call.pop"].sudo().search_count(
            [("call_id", "=", call.id), ("user_id", "=", user.id)], limit=1
        )

    @api.model
    @takes(call_id=int)
    def claim_page(self, call_id):
        """Take the right to open a call's page, for the user's first tab that asks.

        :param int call_id: of the `telephony.call`
        :return: the action to run, ``False`` where another tab or browser has it, or
            where it is no more to open by itself, or not yet
        :raise AccessError: the user may not read the call
        """
        call = self._browse_call(call_id)
        # Others may be rung, or have answered, since the client was notified.
        if not self._wants_page(
            call, self.env.user, call._get_leg_state(self.env.user)
        ):
            return False
        # sudo - telephony.call.pop: users see no rows, the claim is all there is to it
        if not self.env["telephony.call.pop"].sudo()._claim(call, self.env.user):
            return False
        return call.action_open_page()

    @api.model
    def _browse_call(self, call_id):
        """Return the call that a client asks for.

        :raise AccessError: the user may not read it
        :raise UserError: it names none
        """
        call = self.env["telephony.call"].browse(call_id or 0)
        if not call:
            raise UserError(self.env._("The call has already ended."))
        call.check_access("read")
        return call

    # === THE STATE OF THE TELEPHONE === #

    @api.model
    def get_phone_state(self):
        """Return what the web client shows of the current user's telephone.

        Web clients ask whenever they connect, as after a restart of the server: they
        notice first that nobody listens.

        :rtype: dict
        """
        self.env["telephony.pbx"]._check_sender()
        # sudo - telephony.extension: one's own, in whatever company it is
        extensions_sudo = self.env.user.sudo().telephony_extension_ids.filtered(
            "pbx_id.active"
        )
        calls = self.env["telephony.call"]
        line = "ready" if extensions_sudo else "no_extension"
        pbx_sudo = extensions_sudo[:1].pbx_id
        if pbx_sudo.has_listener and not pbx_sudo._has_leader():
            line = "no_listener"
            self.env["telephony.listener"]._wake()
        elif pbx_sudo.has_listener and pbx_sudo.connection_state != "connected":
            line = "pbx_unreachable"
        return {
            "can_call": any(extensions_sudo.mapped("pbx_id.has_click_to_call")),
            "user_is_telephony": calls.has_access("read"),
            "line": line,
            "extensions": [
                {
                    "id": extension.id,
                    "number": extension.number,
                    "pbx_id": extension.pbx_id.id,
                    "pbx_name": extension.pbx_id.name,
                    "connection_state": extension.pbx_id.connection_state,
                    "connection_text": extension.pbx_id._get_connection_text(),
                }
                for extension in extensions_sudo
            ],
            "index_complete": self.env["telephony.number"]._is_complete(),
            "missed_count": self._count_missed(),
            "parked": self._get_parked(),
            "agent": self.env["telephony.agent"]._get_state(),
            "open_calls": calls.search(
                [("state", "!=", "ended"), ("user_ids", "in", self.env.uid)]
            ).ids,
        }

    # === PARKED CALLS === #

    @api.model
    @api.readonly
    def get_parked(self):
        """Return the parked calls that the current user may see, the oldest first.

        :return: dicts ``id``, ``name`` (the other party, as far as the user may know
            it), ``parking_space``, ``parking_date`` (UTC), ``parked_by`` (a user's
            name) and ``can_retrieve``
        :rtype: list[dict]
        :raise AccessError: the user has not the right to telephone
        """
        self.env["telephony.pbx"]._check_sender()
        return self._get_parked()

    @api.model
    def _get_parked(self):
        calls = self.env["telephony.call"]
        if not calls.has_access("read"):
            return []
        parked = calls.search(
            [("parking_space", "!=", False), ("state", "!=", "ended")],
            order="parking_date, id",
        )
        return [self._describe_parked(call) for call in parked]

    @api.model
    def _describe_parked(self, call):
        entry = self._get_panel_entry(call)
        named = entry["object"] and entry["object"]["name"] or entry["colleague"]
        return {
            "id": call.id,
            "name": named or entry["number_display"],
            "parking_space": call.parking_space,
            "parking_date": fields.Datetime.to_string(call.parking_date) or False,
            "parked_by": call.leg_ids._get_parker().name or False,
            "can_retrieve": "retrieve" in self._get_controls(call),
        }

    # === THE PANEL === #

    @api.readonly
    @api.model
    def get_panel(self):
        """Return what the panel lists when it opens.

        :rtype: dict
        :return: ``missed`` calls, those of known callers first, ``gathered``, the
            number of those of unknown callers that are too many to list, ``recent``
            calls, newest first, and ``colleagues``
        """
        self.env["telephony.pbx"]._check_sender()
        missed, gathered = self._get_missed()
        recent = self.env["telephony.call"].search(
            [("user_ids", "in", self.env.uid), ("state", "=", "ended")],
            limit=RECENT_CALLS,
        )
        return {
            "missed": [self._get_panel_entry(call) for call in missed],
            "gathered": gathered,
            "recent": [self._get_panel_entry(call) for call in recent],
            "colleagues": self._get_colleagues(),
        }

    @api.model
    def _get_missed_domain(self):
        """Return the domain of the user's missed calls that nobody saw to yet."""
        since = fields.Datetime.now() - timedelta(days=MISSED_DAYS)
        return [
            ("to_call_back", "=", True),
            ("user_ids", "in", self.env.uid),
            ("start_date", ">=", since),
        ]

    @api.model
    def _get_missed_domains(self):
        """Return the domains of the user's missed calls, by how they are listed.

        :return: of known callers, of unknown ones who tried again or left a message, of
            all others
        """
        own = Domain(self._get_missed_domain()) & Domain(
            "company_id", "in", self.env.companies.ids
        )
        known = Domain("res_id", "!=", False) | Domain("followup_id.kind", "=", "known")
        repeated = Domain("followup_id.kind", "=", "repeated")
        return own & known, own & repeated & ~known, own & ~repeated & ~known

    @api.model
    def _get_missed(self):
        """Return what the panel lists of the user's missed calls.

        Anybody can make up any number of callers: unknown ones who called once are
        listed only where the list holds them all.

        :return: calls, and how many others there are that are gathered
        :rtype: tuple[recordset, int]
        """
        # sudo - telephony.call: the domains hold the user's own calls alone
        calls_sudo = self.env["telephony.call"].sudo()
        known, repeated, single = self._get_missed_domains()
        listed = calls_sudo.search(known, limit=MISSED_CALLS)
        listed += calls_sudo.search(repeated, limit=MISSED_CALLS)
        gathered = calls_sudo.search_count(single)
        if gathered <= MISSED_CALLS:
            listed += calls_sudo.search(single, limit=MISSED_CALLS)
            gathered = 0
        return listed.with_env(self.env), gathered

    @api.model
    def _count_missed(self):
        """Return the number beside the telephone: what the panel lists, gathered ones
        count as one."""
        # sudo - telephony.call: the domains hold the user's own calls alone
        calls_sudo = self.env["telephony.call"].sudo()
        *worked, single = self._get_missed_domains()
        count = calls_sudo.search_count(single, limit=MISSED_CALLS + 1)
        return sum(map(calls_sudo.search_count, worked)) + (
            count if count <= MISSED_CALLS else 1
        )

    @api.model
    def _get_panel_entry(self, call):
        """Return one line of the panel; who it was only as far as the user may know."""
        record = call._get_visible_object()
        if record is None:
            record = call._get_matches().caller
        return {
            "id": call.id,
            "direction": call.direction,
            "outcome": call.outcome or False,
            "is_missed": call.is_missed,
            "colleague": call._get_colleague() or False,
            "number": call._get_other_number() or False,
            "number_display": call._get_number_text(),
            "start_date": fields.Datetime.to_string(call.start_date) or False,
            "object": self._describe(record) if record is not None else False,
        }

    @api.model
    def _get_colleagues(self):
        """Return who can be called inside the house.

        :rtype: list[dict]
        """
        extensions = self.env["telephony.extension"].search(
            [("user_id", "!=", False), ("user_id", "!=", self.env.uid)]
        )
        return [
            {
                "id": extension.user_id.id,
                "name": extension.user_id.name,
                "number": extension.number,
                "im_status": extension.user_id.im_status,
            }
            for extension in extensions.sorted(lambda e: (e.user_id.name, e.number))
        ]

    @api.model
    def _name_number(self, call, number):
        """Return who has a number that a colleague called or transferred a call to: the
        name of who sits behind an extension, else the number as people write it.

        :return: ``False`` where there is no number
        """
        if not number:
            return False
        name = call._find_extension(number).user_id.name
        return name or self.env["telephony.number"]._format(number, call.pbx_id)

    @api.model
    def _describe(self, record):
        """Return what names a record in the client: model, id, names."""
        return {
            "model": record._name,
            "id": record.id,
            "name": record.display_name,
            "model_name": record._telephony_kind(),
        }

    # === SEARCH === #

    @api.readonly
    @api.model
    @takes(text=str)
    def search_callees(self, text):
        """Search whom to call, by name or by any part of a number.

        :param str text: what was typed
        :return: list of dicts, one a number, colleagues first; only records that the
            current user may read
        """
        self.env["telephony.pbx"]._check_sender()
        text = (text or "").strip()[:64]
        if not text:
            return []
        found = self._search_colleagues(text)
        for model in self.env["telephony.call"]._get_object_models():
            if self.env[model].has_access("read"):
                found += self._search_records(model, text)
        return found[:FOUND_CALLEES]

    @api.readonly
    @api.model
    @takes(text=str)
    def search_customers(self, text):
        """Search the record that a call belongs to: by name, company, city or number.

        :param str text: what was typed
        :return: list of dicts ``model``, ``id``, ``name``, ``model_name`` and
            ``detail`` (company and city); only records that the user may read
        :raise AccessError: the user registers no calls
        """
        self.env["telephony.registration"].check_access("create")
        text = (text or "").strip()[:64]
        found = []
        for model in text and self.env["telephony.call"]._get_object_models():
            records = self.env[model]
            if records.has_access("read"):
                domain = self._get_customer_domain(model, text)
                found += records.search(domain, limit=FOUND_CALLEES)
        return [
            {
                **self._describe(record),
                "detail": ", ".join(
                    filter(
                        None,
                        [record._telephony_company_name(), record._telephony_city()],
                    )
                ),
            }
            for record in found[:FOUND_CALLEES]
        ]

    @api.model
    def _get_customer_domain(self, model, text):
        """Return the domain of a model's records that were described or dialed."""
        return Domain.OR(
            [
                self._get_callee_domain(model, text),
                *(
                    Domain(name, "ilike", text)
                    for name in self.env[model]._telephony_search_fields()
                ),
            ]
        )

    @api.model
    def _search_colleagues(self, text):
        extensions = self.env["telephony.extension"].search(
            [
                ("user_id", "not in", [False, self.env.uid]),
                "|",
                ("user_id.name", "ilike", text),
                ("number", "=like", f"{re.sub(r'[^0-9*#]', '', text) or '-'}%"),
            ],
            limit=FOUND_CALLEES,
        )
        return [
            {
                **self._describe(extension.user_id),
                "number": extension.number,
                "number_display": extension.number,
                "field": False,
            }
            for extension in extensions
        ]

    @api.model
    def _search_records(self, model, text):
        numbers = self.env["telephony.number"]
        names = [*self.env[model]._telephony_source().phones]
        if "telephony_phone_ids" in self.env[model]._fields:
            names.append("telephony_phone_ids")
        domain = Domain.OR(Domain(name, "!=", False) for name in names)
        records = self.env[model].search(
            domain & self._get_callee_domain(model, text), limit=FOUND_CALLEES
        )
        pbx = self._get_own_pbx()
        return [
            {
                **self._describe(record),
                "number": number,
                "number_display": numbers._format(number, pbx),
                "field": name,
            }
            for record in records
            for name in names
            if record[name]
            for number in numbers._get_field_numbers(record, name, pbx)
        ]

    @api.model
    def _get_own_pbx(self):
        """Return the telephone system of the user's phone; empty without one."""
        # sudo - telephony.extension: one's own, in whatever company it is
        extensions_sudo = self.env.user.sudo().telephony_extension_ids
        return extensions_sudo.pbx_id[:1].sudo(False)

    @api.model
    def _get_callee_domain(self, model, text):
        """Return the domain of a model's records whose name or number was typed."""
        digits = re.sub(r"\D", "", text)
        if len(digits) < SEARCHED_DIGITS or re.search(r"[^\W\d_]", text):
            return Domain("display_name", "ilike", text)
        # A part of a number: what is stored may have the prefixes that were not typed.
        part = Domain("phone_mobile_search", "ilike", digits.lstrip("0"))
        whole = self.env["telephony.number"]._search_ids(model, text)
        return part | Domain("id", "in", whole)
