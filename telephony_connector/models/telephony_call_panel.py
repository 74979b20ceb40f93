"""What the telephone in the systray shows: the line, recent and missed calls."""

import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# How many recent calls, and how many results of a search, the panel holds.
RECENT_CALLS = 15
FOUND_CALLEES = 8
# Missed calls older than this no longer wait to be called back.
MISSED_DAYS = 7
# Digits below which a number is typed rather than searched.
SEARCHED_DIGITS = 4


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_handled = fields.Boolean(
        string="Worked Off",
        readonly=True,
        help="Somebody took care of this missed call.",
    )

    # === THE LINE === #

    @api.readonly
    @api.model
    def get_phone_state(self):
        """Return the current user's line, missed calls and calls in progress.

        :rtype: dict
        :return: ``line`` is ``ready``, ``pbx_unreachable``, ``no_listener`` or
            ``no_extension``; ``open_calls`` are ids
        """
        is_user = self.env.user.has_group("telephony_connector.group_telephony_user")
        # sudo - telephony.extension: one's own, in whatever company they are
        extensions_sudo = self.env.user.sudo().telephony_extension_ids.filtered(
            "pbx_id.active"
        )
        return {
            "can_call": bool(is_user and extensions_sudo),
            "user_is_telephony": is_user,
            "line": self._get_line(extensions_sudo[:1].pbx_id),
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
            "missed_count": len(self._get_missed()) if is_user else 0,
            "open_calls": self._get_own_open().ids if is_user else [],
        }

    @api.model
    def _get_line(self, pbx):
        if not pbx:
            return "no_extension"
        if not pbx._has_leader():
            return "no_listener"
        return "ready" if pbx.connection_state == "connected" else "pbx_unreachable"

    @api.model
    def _get_own_open(self):
        """Return the calls that ring at the current user's, or that they talk in."""
        return self.search(
            [
                ("state", "!=", "ended"),
                ("leg_ids", "any", self._get_own_legs_domain()),
            ],
            order="id",
        )

    @api.model
    def _get_own_legs_domain(self):
        return Domain("user_id", "=", self.env.uid) & Domain("state", "!=", "ended")

    # === THE PANEL === #

    @api.readonly
    @api.model
    def get_panel(self):
        """Return what the panel lists when it opens.

        :rtype: dict
        :return: ``missed`` and ``recent`` calls, newest first, and ``colleagues``
        """
        recent = self.search(
            [("user_ids", "in", self.env.uid), ("state", "=", "ended")],
            limit=RECENT_CALLS,
        )
        return {
            "missed": [call._get_panel_entry() for call in self._get_missed()],
            "recent": [call._get_panel_entry() for call in recent],
            "colleagues": self._get_colleagues(),
        }

    def _get_panel_entry(self):
        """Return one line of the panel; who it was only as far as the user may know."""
        self.ensure_one()
        target = self._get_visible_object()
        found = [] if target is not None else self._get_matches()
        if target is None and len(found) == 1:
            target = found[0].record
        return {
            "id": self.id,
            "direction": self.direction,
            "outcome": self.outcome or False,
            "is_own": self.user_id == self.env.user,
            "number": self.number or False,
            "number_display": self._get_number_text(),
            "start_date": fields.Datetime.to_string(self.start_date) or False,
            "object": self._describe(target) if target is not None else False,
        }

    @api.model
    def _get_missed(self):
        """Return the missed calls that still wait for the current user's call back.

        A call that a person took up since, or that somebody called back, is done with.
        """
        since = fields.Datetime.now() - timedelta(days=MISSED_DAYS)
        missed = self.search(
            [
                ("user_ids", "in", self.env.uid),
                ("direction", "=", "inbound"),
                ("outcome", "=", "missed"),
                ("is_handled", "=", False),
                ("start_date", ">=", since),
            ]
        )
        # sudo - telephony.call: that a colleague spoke with the caller is all it tells
        later_sudo = self.sudo().search(
            [
                ("number", "in", missed.filtered("number").mapped("number")),
                ("start_date", ">=", since),
                "|",
                ("direction", "=", "outbound"),
                ("outcome", "=", "answered"),
            ]
        )
        spoken = {}
        for call in later_sudo:
            spoken[call.number] = max(
                call.start_date, spoken.get(call.number, call.start_date)
            )
        return missed.filtered(
            lambda call: (
                call.number not in spoken or spoken[call.number] < call.start_date
            )
        )

    def action_set_handled(self):
        """Take missed calls off the list of those to call back, for everyone rung."""
        self.check_access("read")
        # sudo - telephony.call: whoever was rung may say that a missed call is done
        self.sudo().is_handled = True
        for user in self.sudo().user_ids:
            user._bus_send("telephony.call/handled", {"ids": self.ids})

    @api.model
    def _get_colleagues(self):
        """Return who can be called inside the house, with what they are doing.

        :return: list of dicts; ``is_busy``: on the telephone
        """
        extensions = self.env["telephony.extension"].search(
            [("user_id", "!=", False), ("user_id", "!=", self.env.uid)]
        )
        # sudo - telephony.call.leg: that somebody is on the phone, not with whom
        busy = (
            self.env["telephony.call.leg"]
            .sudo()
            .search(
                [
                    ("user_id", "in", extensions.user_id.ids),
                    ("state", "!=", "ended"),
                    ("call_id.state", "!=", "ended"),
                ]
            )
            .user_id
        )
        return [
            {
                "id": extension.user_id.id,
                "name": extension.user_id.name,
                "number": extension.number,
                "im_status": extension.user_id.im_status,
                "is_busy": extension.user_id in busy,
            }
            for extension in extensions.sorted(lambda e: (e.user_id.name, e.number))
        ]

    # === SEARCH === #

    @api.readonly
    @api.model
    def search_callees(self, text):
        """Search whom to call, by name or by any part of a number.

        :param str text: what was typed
        :return: list of dicts, one a number, colleagues first; only records that the
            current user may read
        """
        text = (text or "").strip()[:64]
        if not text:
            return []
        found = self._search_colleagues(text)
        for model in self._get_object_models():
            if self.env[model].has_access("read"):
                found += self._search_records(model, text)
        return found[:FOUND_CALLEES]

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
        names = self.env[model]._phone_get_number_fields()
        domain = Domain.OR(Domain(name, "!=", False) for name in names)
        records = self.env[model].search(
            domain & self._get_callee_domain(text), limit=FOUND_CALLEES
        )
        return [
            {
                **self._describe(record),
                "number": number.strip(),
                "number_display": number.strip(),
                "field": name,
            }
            for record in records
            for name in names
            for number in re.split(r"[|;\n]|\s/\s", record[name] or "")
            if number.strip()
        ]

    @api.model
    def _get_callee_domain(self, text):
        """Return the domain of records that are called, or reached, by ``text``.

        What is typed may lack the country code that is stored, or the reverse.
        """
        digits = re.sub(r"\D", "", text)
        if len(digits) < SEARCHED_DIGITS or re.search(r"[^\W\d_]", text):
            return Domain("display_name", "ilike", text)
        # sudo - telephony.extension: one's own, in whatever company it is
        pbx_sudo = self.env.user.sudo().telephony_extension_ids[:1].pbx_id
        e164 = self.env["telephony.number"]._read(text, pbx_sudo).e164 or ""
        country_code = f"+{pbx_sudo.country_id.phone_code}"
        keys = {
            digits,
            digits.lstrip("0"),
            e164.removeprefix("+"),
            e164.removeprefix(country_code),
        }
        return Domain.OR(
            Domain("phone_mobile_search", "ilike", key)
            for key in keys
            if len(key) >= SEARCHED_DIGITS
        )
