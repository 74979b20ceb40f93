"""What the telephone in the systray lists, and its search for whom to call."""

import re

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.parameters import takes

# How many calls, and how many results of a search, the panel holds.
MISSED_CALLS = 30
RECENT_CALLS = 15
FOUND_CALLEES = 8
# Digits below which a number is typed rather than searched.
SEARCHED_DIGITS = 4


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_handled = fields.Boolean(
        string="Worked Off",
        readonly=True,
        help="Somebody took care of this missed call.",
    )

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
        recent = self.search(
            [("user_ids", "in", self.env.uid), ("state", "=", "ended")],
            limit=RECENT_CALLS,
        )
        return {
            "missed": [call._get_panel_entry() for call in missed],
            "gathered": gathered,
            "recent": [call._get_panel_entry() for call in recent],
            "colleagues": self._get_colleagues(),
        }

    @api.model
    def _get_missed_domains(self):
        """Return the domains of the user's missed calls, by how they are worked off.

        :return: of known callers, of unknown ones who tried again or left a message, of
            all others
        """
        mine = Domain(self._get_missed_domain()) & Domain(
            "company_id", "in", self.env.companies.ids
        )
        known = Domain("res_id", "!=", False) | Domain("followup_id.kind", "=", "known")
        repeated = Domain("followup_id.kind", "=", "repeated")
        return mine & known, mine & repeated & ~known, mine & ~repeated & ~known

    @api.model
    def _get_missed(self):
        """Return what the panel lists of the user's missed calls.

        Anybody can make up any number of callers: unknown ones who called once are
        listed only where the list holds them all.

        :return: calls, and how many others there are that are gathered
        :rtype: tuple[recordset, int]
        """
        # sudo - telephony.call: the domains hold the user's own calls alone
        calls_sudo = self.sudo()
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
        calls_sudo = self.sudo()
        *worked, single = self._get_missed_domains()
        count = calls_sudo.search_count(single, limit=MISSED_CALLS + 1)
        return sum(map(calls_sudo.search_count, worked)) + (
            count if count <= MISSED_CALLS else 1
        )

    def _get_panel_entry(self):
        """Return one line of the panel; who it was only as far as the user may know."""
        self.ensure_one()
        record = self._get_visible_object()
        if record is None:
            record = self._get_matches().caller
        return {
            "id": self.id,
            "direction": self.direction,
            "outcome": self.outcome or False,
            "is_missed": self.is_missed,
            "colleague": self._get_colleague() or False,
            "number": self._get_other_number() or False,
            "number_display": self._get_number_text(),
            "start_date": fields.Datetime.to_string(self.start_date) or False,
            "object": self._describe(record) if record is not None else False,
        }

    def action_set_handled(self):
        """Take missed calls off the list of those to call back, for everyone rung."""
        self.check_access("read")
        # sudo - telephony.call: whoever was rung may say that a missed call is done
        self.sudo().is_handled = True
        self.sudo()._tell_users()

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
