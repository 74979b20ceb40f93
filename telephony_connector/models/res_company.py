from odoo import fields, models

# Customers with a login read the company, too: how it works is none of their business.
EMPLOYEES = "base.group_user"


class ResCompany(models.Model):
    _inherit = "res.company"

    telephony_match_archived = fields.Boolean(
        string="Match Archived Records",
        default=True,
        help="Archived contacts and leads with the caller's number are also shown, "
        "after all others. If unset, they are not shown.",
        groups=EMPLOYEES,
    )

    telephony_log_calls = fields.Boolean(
        string="Log Calls",
        default=True,
        help="Each call of a known caller gets a line in the chatter of its contact, "
        "lead or other record once it has ended. The line holds no number and notifies "
        "nobody.",
        groups=EMPLOYEES,
    )

    # Missed callers
    telephony_followup = fields.Boolean(
        string="Follow Up on Missed Calls",
        default=True,
        help="Whoever is to call a missed caller back gets an activity, which is done "
        "by itself once somebody has talked to the caller.",
        groups=EMPLOYEES,
    )
    telephony_followup_user_id = fields.Many2one(
        "res.users",
        string="Default Callback User",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Calls back missed callers who have no salesperson and did not call a "
        "queue or extension with a responsible user.",
        groups=EMPLOYEES,
    )
    telephony_escalation_hours = fields.Float(
        string="Escalate After",
        default=4,
        help="Working hours after which a missed caller who was not called back is "
        "handed on. 0: never.",
        groups=EMPLOYEES,
    )
    telephony_escalation_user_id = fields.Many2one(
        "res.users",
        string="Escalate To",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        groups=EMPLOYEES,
    )

    telephony_wrap_up = fields.Integer(
        string="Wrap-Up Time",
        help="Seconds after a call in which queues give its agent no other one. "
        "0: none.",
        groups=EMPLOYEES,
    )

    telephony_retention_months = fields.Integer(
        string="Anonymize Calls After",
        help="Months after which a call names nobody and tells nothing of what was "
        "said. 0: never.",
        groups=EMPLOYEES,
    )

    # Who sees whose calls
    telephony_own_calls_only = fields.Boolean(
        string="Own Calls Only",
        help="Users see the calls that they were rung for or talked in, and not those "
        "of their sales teams.",
        groups=EMPLOYEES,
    )
    telephony_supervisor_scope = fields.Selection(
        [
            ("company", "All calls of the company"),
            ("team", "Calls of the sales teams that they lead or are in"),
        ],
        string="Supervisors See",
        required=True,
        default="company",
        groups=EMPLOYEES,
    )

    _telephony_retention_months_check = models.Constraint(
        "CHECK(telephony_retention_months >= 0)",
        "Calls are kept for some months, or for ever (0).",
    )

    _telephony_wrap_up_check = models.Constraint(
        "CHECK(telephony_wrap_up BETWEEN 0 AND 3600)",
        "The wrap-up time is between 0 and 3600 seconds.",
    )

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if any("telephony_wrap_up" in vals for vals in vals_list):
            self.env["telephony.listener"]._notify_settings()
        moved = [
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if "partner_id" in vals
        ]
        if any("telephony_match_archived" in vals for vals in vals_list):
            self.env.registry.clear_cache()
        if moved:
            self.env["telephony.number"]._pending().companies.update(moved)
        return result
