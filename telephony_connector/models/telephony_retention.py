"""How long calls name anybody."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

BATCH_SIZE = 200
# What tells who called and what was said; when, for how long and who of the company
# answered stays for the statistics.
PERSONAL = {
    "number": False,
    "caller_name": False,
    "diverted_from": False,
    "stored_note": False,
    "partner_id": False,
    "res_model": False,
    "res_id": False,
}


class TelephonyRetention(models.AbstractModel):
    """What becomes of calls that are older than their company keeps them.

    The room for a rule on how long calls name anybody, and on what of them is personal.
    """

    _name = "telephony.retention"
    _description = "Retention of Calls"

    @api.model
    def _cron_anonymize(self):
        """Anonymize the calls that are older than their company keeps them."""
        cron = self.env["ir.cron"]
        while calls := self._get_outdated(BATCH_SIZE):
            self._anonymize(calls)
            remaining = len(self._get_outdated(BATCH_SIZE))
            if not cron._commit_progress(len(calls), remaining=remaining):
                return

    @api.model
    def _get_outdated(self, limit):
        """Return calls that are to be anonymized, the oldest first."""
        companies = self.env["res.company"].search(
            [("telephony_retention_months", ">", 0)]
        )
        calls = self.env["telephony.call"]
        found = calls
        for company in companies:
            months = company.telephony_retention_months
            until = fields.Datetime.now() - relativedelta(months=months)
            found |= calls.search(
                self._get_anonymize_domain(company) & Domain("start_date", "<", until),
                order="start_date",
                limit=limit - len(found),
            )
            if len(found) == limit:
                break
        return found

    @api.model
    def _get_anonymize_domain(self, company):
        """Return which of a company's calls may be anonymized, once they are old.

        For an addon that has reasons to keep some, override.

        :rtype: Domain
        """
        return Domain("company_id", "=", company.id) & Domain(
            "is_anonymized", "=", False
        )

    @api.model
    def _prepare_anonymized_values(self):
        """Return what is written to calls that are anonymized.

        For an addon with fields of its own that tell who called or what was said,
        override.

        :rtype: dict
        """
        return {**PERSONAL, "is_anonymized": True}

    @api.model
    def _anonymize(self, calls):
        """Take out of the calls, for good, who was called and what was said.

        The chatter's message about a call goes, too: it holds the same. An addon with
        records or files of calls overrides this and calls super.
        """
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = calls.sudo()
        self.env["telephony.timeline"]._remove(calls_sudo)
        outbound = calls_sudo.filtered(lambda call: call.direction != "inbound")
        outbound.dialed_number = False
        outside = calls_sudo.leg_ids.filtered(lambda leg: not leg.extension_id)
        outside.write({"number": False})
        calls_sudo.leg_ids.write(
            {"channel": False, "transferred_to": False, "consulted": False}
        )
        followups = calls_sudo.followup_id
        self.env["telephony.registration"].sudo().search(
            [("call_id", "in", calls.ids)]
        ).unlink()
        calls_sudo.write(self._prepare_anonymized_values())
        followups.filtered(
            lambda followup: all(followup.call_ids.mapped("is_anonymized"))
        ).unlink()
