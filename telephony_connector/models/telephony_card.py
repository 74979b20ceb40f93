"""What cards show of a call, and what one wants to know of a caller at once."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import formatLang

from ..tools.parameters import takes
from .telephony_customer import RECENT_CALLS, Customer

# How many matches a card shows; the page shows them all.
CARD_MATCHES = 5


class TelephonyCard(models.AbstractModel):
    """The cards of calls, as the current user may see them.

    An abstract model has no access rights of its own: each public method asks for the
    right to read the calls that it is handed.
    """

    _name = "telephony.card"
    _description = "Card of a Call"

    # === WHO CALLS === #

    @api.readonly
    @api.model
    @takes(call_ids=[int])
    def read_cards(self, call_ids):
        """Return what the current user's cards show of calls.

        Runs as the user: records that the user may not read are not named.

        :param list[int] call_ids: of the `telephony.call`
        :return: see ``_prepare_card``
        :rtype: list[dict]
        :raise AccessError: the user may not read one of the calls
        """
        return [self._prepare_card(call) for call in self._browse_calls(call_ids)]

    @api.model
    def _browse_calls(self, call_ids):
        """Return the calls that a client asks for.

        :raise AccessError: the user may not read one of them
        """
        calls = self.env["telephony.call"].browse(call_ids or ())
        calls.check_access("read")
        return calls

    @api.model
    def _prepare_card(self, call):
        """Return what the current user's card shows of a call.

        For an addon to show more of the call itself, override, and extend the template
        of the web client's `CallCard`.

        What is the call's own is read without asking the rules again and again, which
        would take longer than all the rest; who it is, is asked as the user.

        :param call: a `telephony.call` that the user may read
        :rtype: dict
        """
        # sudo - telephony.call: the user may read it, `read_cards` made sure
        call_sudo = call.sudo()
        legs_sudo = call_sudo.leg_ids
        client = self.env["telephony.client"]
        payload = client._prepare_payload(call_sudo, self.env.user)
        found = call._get_matches()
        shown = found.callers or found
        target = call._get_visible_object()
        return {
            **payload,
            "title": call_sudo._get_title(),
            "number": call_sudo._get_other_number() or False,
            "number_display": call_sudo._get_number_text(),
            "colleague": call_sudo._get_colleague() or False,
            "caller_name": call_sudo._get_sent_name() or False,
            "withheld": call_sudo.withheld,
            "dialed_number": call_sudo._get_party_text("dialed_number"),
            "diverted_from": call_sudo._get_party_text("diverted_from"),
            "queue": call_sudo.queue or False,
            "pbx_name": call_sudo.pbx_id.name,
            "controls": client._get_controls(call_sudo),
            "consulted": client._name_number(
                call_sudo, legs_sudo._get_consulting(self.env.user).consulted
            ),
            "transferred_to": client._name_number(
                call_sudo, legs_sudo._get_transfer(self.env.user).transferred_to
            ),
            "answered_by": call_sudo.user_id.name if call_sudo.answer_date else False,
            "start_date": fields.Datetime.to_string(call_sudo.start_date) or False,
            "answer_date": fields.Datetime.to_string(call_sudo.answer_date) or False,
            "object": client._describe(target) if target else False,
            "matches": [
                {
                    **client._describe(match.record),
                    "exact": match.exact,
                    "reason": match.reason,
                }
                for match in shown[:CARD_MATCHES]
            ],
            "match_count": len(shown),
            "hidden": not found and call._is_known_elsewhere(),
            "new_kinds": self.env["telephony.registration"]._get_creatable_kinds(),
            "blocked": self._get_block_text(call),
        }

    @api.model
    def _get_block_text(self, call):
        """Return what a card says of a blocked caller, ``False`` of all others."""
        if not call.is_blocked:
            return False
        block = call._get_block()
        return " · ".join(filter(None, (self.env._("Blocked caller"), block.reason)))

    # === AFTER THE CALL === #

    @api.readonly
    @api.model
    @takes(call_id=int)
    def read_wrap_up(self, call_id):
        """Return what the current user may still do about a call of theirs that ended.

        :param int call_id: of the `telephony.call`
        :return: as ``WrapUp`` of ``tools/payloads.py``; ``False`` where there is
            nothing to wrap up: the call goes on, is internal, or was not the user's
        :rtype: dict | bool
        :raise AccessError: the user may not read the call
        """
        call = self._browse_calls([call_id or 0])
        is_over = call.exists() and call.state == "ended"
        if not is_over or call.direction == "internal":
            return False
        if call.user_id != self.env.user and not call.leg_ids._get_talked(
            self.env.user
        ):
            return False
        client = self.env["telephony.client"]
        entry = client._get_panel_entry(call)
        number = entry["number"] or False
        return {
            "id": call.id,
            "name": self._name_entry(entry),
            "number": number,
            "number_display": entry["number_display"],
            "direction": call.direction,
            "outcome_text": call._get_outcome_text(),
            "duration": call.duration,
            "object": entry["object"],
            "disposition_id": call.disposition_id.id,
            "dispositions": self._list_dispositions(),
            # sudo - telephony.call: whether somebody saved it, not what
            "revision": call.sudo().registration_revision,
            "can_retry": bool(number) and call.direction == "outbound",
            "next_missed": self._get_next_missed(call),
        }

    @api.model
    def _name_entry(self, entry):
        """Return who it was, of a line of the panel: a name, else the number."""
        named = entry["object"] and entry["object"]["name"]
        return named or entry["colleague"] or entry["number_display"]

    @api.model
    def _list_dispositions(self):
        dispositions = self.env["telephony.disposition"].search([("active", "=", True)])
        return [{"id": each.id, "name": each.name} for each in dispositions]

    @api.model
    def _get_next_missed(self, call):
        """Return the missed caller whom the panel lists first, ``False`` for none.

        :param call: the `telephony.call` that ended, whose own caller is none
        """
        client = self.env["telephony.client"]
        for missed in client._get_missed()[0]:
            entry = client._get_panel_entry(missed)
            if entry["number"] and entry["number"] != call._get_other_number():
                return {
                    "id": entry["id"],
                    "number": entry["number"],
                    "name": self._name_entry(entry),
                }
        return False

    @api.model
    @takes(call_id=int, note=str, disposition_id=int, revision=int)
    def save_wrap_up(self, call_id, note=False, disposition_id=False, revision=None):
        """Save what the current user says of a call on the record that it belongs to.

        :param int call_id: of the `telephony.call`
        :param str note: plain text; an empty one replaces none
        :param int disposition_id: of the `telephony.disposition`, ``False`` for none
        :param int revision: see ``telephony.call.register``
        :return: ``True``
        :raise AccessError: as of ``telephony.call.register``
        :raise UserError: as of ``telephony.call.register``; where the call belongs to
            no record that the user may read
        """
        call = self._browse_calls([call_id or 0])
        record = call._get_visible_object() if call.exists() else None
        if record is None:
            record = call._get_matches().caller if call.exists() else None
        if record is None and call.exists() and call._get_object() is not None:
            raise AccessError(
                self.env._("The call belongs to a record that you may not read.")
            )
        if record is None:
            raise UserError(
                self.env._("Open the call's page to say to whom it belongs.")
            )
        text = plaintext2html(note) if (note or "").strip() else False
        call.register(record._name, record.id, text, disposition_id, revision)
        return True

    # === WHAT IS KNOWN OF THE CALLER === #

    @api.readonly
    @api.model
    @takes(call_ids=[int])
    def read_card_details(self, call_ids):
        """Return what cards say beside who it is, as far as the user may read it.

        Read after the card is there, which does not wait for it.

        :param list[int] call_ids: of the `telephony.call`
        :return: one dict a call, with ``id`` and, where the call belongs to one record
            for the user, what ``_get_card_facts`` returns
        :rtype: list[dict]
        :raise AccessError: the user may not read one of the calls
        """
        return [
            {"id": call.id, **self._get_card_details(call)}
            for call in self._browse_calls(call_ids)
        ]

    @api.model
    def _get_card_details(self, call):
        record = call._get_visible_object()
        if record is None:
            record = call._get_matches().caller
        if record is None:
            return {}
        partner = record._telephony_partner()._filtered_access("read")
        return self._get_card_facts(call, record, partner)

    @api.model
    def _get_card_facts(self, call, record, partner):
        """Return what one wants to know of a caller at once.

        For an addon to tell more, as the last invoice, override, and extend the
        template of the web client's `CallCard`, which has these as ``details``. What
        the page of a call lists is `telephony.customer`'s.

        :param call: a `telephony.call` that the user may read
        :param record: the caller's, of any model, which the user may read
        :param partner: the `res.partner` behind it, empty where there is none or the
            user may not read it
        :return: ``company``, ``city``, ``salesperson``, ``tags``, ``deals``,
            ``last_call`` and ``last_note``; what there is not is ``False``
        :rtype: dict
        """
        customer = Customer(record, partner, call)
        return {
            **self._get_record_facts(record, partner),
            "deals": self._get_deals_text(customer),
            **self._get_last_contact(customer),
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
    def _get_deals_text(self, customer):
        """Return the open opportunities in words, ``False`` where there are none."""
        leads = self.env["crm.lead"]
        if not customer.partner or not leads.has_access("read"):
            return False
        [(count, amount)] = leads._read_group(
            self.env["telephony.customer"]._get_opportunity_domain(customer),
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

    @api.model
    def _get_last_contact(self, customer):
        """Return the last call with the customer, and the last note on one.

        Only of the calls that the user may read.
        """
        known = self.env["telephony.customer"]
        related = known._find_calls(customer, RECENT_CALLS)
        last = related[:1]
        notes = filter(None, (known._get_excerpt(each.note) for each in related))
        return {
            "last_call": bool(last)
            and {
                "date": fields.Datetime.to_string(last.start_date) or False,
                "user": last.handled_by_id.name or False,
                "outcome": last.outcome or False,
                "is_missed": last.is_missed,
            },
            "last_note": next(notes, False),
        }
