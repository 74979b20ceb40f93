"""What one wants to know of a caller at once, read after the card is there."""

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.misc import formatLang

NOTE_LENGTH = 160


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.readonly
    def read_card_details(self):
        """Return what cards say beside who it is, as far as the user may read it.

        :return: one dict a call, with ``id`` and, where the call belongs to one record
            for the user, ``company``, ``city``, ``salesperson``, ``tags``, ``deals``,
            ``last_call`` and ``last_note``
        :rtype: list[dict]
        """
        self.check_access("read")
        return [{"id": call.id, **call._get_card_details()} for call in self]

    def _get_card_details(self):
        self.ensure_one()
        record = self._get_visible_object()
        if record is None:
            record = self._get_matches().caller
        if record is None:
            return {}
        partner = record._telephony_partner()._filtered_access("read")
        return {
            **self._get_record_facts(record, partner),
            "deals": self._get_deals_text(record, partner),
            **self._get_last_contact(record, partner),
        }

    @api.model
    def _get_record_facts(self, record, partner):
        """Return where the caller belongs, and who in the company looks after them."""
        return {
            "company": record._telephony_company_name(),
            "city": record._telephony_city(),
            "salesperson": (record._telephony_user() or partner.user_id).name or False,
            "tags": record._telephony_tags(),
        }

    @api.model
    def _get_deals_text(self, record, partner):
        """Return the open opportunities in words, ``False`` where there are none."""
        leads = self.env["crm.lead"]
        if not partner or not leads.has_access("read"):
            return False
        [(count, amount)] = leads._read_group(
            [
                ("type", "=", "opportunity"),
                ("partner_id", "child_of", partner.commercial_partner_id.ids),
                ("won_status", "=", "pending"),
            ],
            [],
            ["__count", "expected_revenue:sum"],
        )
        if not count:
            return False
        total = formatLang(self.env, amount, currency_obj=self.env.company.currency_id)
        if count == 1:
            return self.env._("1 open opportunity, %(amount)s", amount=total)
        return self.env._(
            "%(count)s open opportunities, %(amount)s", count=count, amount=total
        )

    def _get_last_contact(self, record, partner):
        """Return the last call with the same record, and the last note on it.

        Only of the calls that the user may read.
        """
        # sudo - telephony.call: the raw links lead to records that the user may read
        related = (
            self.sudo()
            .search(
                [
                    ("id", "!=", self.id),
                    "|",
                    "&",
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("partner_id", "in", partner.ids),
                ],
                limit=20,
            )
            .sudo(False)
            ._filtered_access("read")
        )
        last = related[:1]
        noted = related.filtered(lambda call: html2plaintext(call.note or "").strip())
        note = html2plaintext(noted[:1].note or "").strip()
        return {
            "last_call": bool(last)
            and {
                "date": fields.Datetime.to_string(last.start_date) or False,
                "user": last.handled_by_id.name or False,
                "outcome": last.outcome or False,
                "is_missed": last.is_missed,
            },
            "last_note": note[:NOTE_LENGTH] or False,
        }
