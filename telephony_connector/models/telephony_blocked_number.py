"""Callers whom the company does not want to talk to."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class TelephonyBlockedNumber(models.Model):
    """A number whose calls are unwanted.

    Odoo does not reject calls, the telephone system does, told by the lookup. In Odoo
    such calls are marked, open no page by themselves, and are not followed up.
    """

    _name = "telephony.blocked.number"
    _inherit = ["telephony.checked.mixin"]
    _description = "Blocked Caller"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(
        required=True, help="Stored in international form (E.164) where it is one."
    )
    reason = fields.Char()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _number_company_uniq = models.Constraint(
        "UNIQUE(number, company_id)", "This number is blocked already."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        return super().create([self._normalise(vals) for vals in vals_list])

    def write(self, vals):
        self.check_access("write")
        return super().write(self._normalise(vals))

    @api.model
    def _normalise(self, vals):
        """Return the values with the number in the form that calls are stored in.

        :raise UserError: where it is no outside number
        """
        if "number" not in vals:
            return vals
        company = self.env["res.company"].browse(vals.get("company_id"))
        numbers = self.env["telephony.number"].with_company(company or self.env.company)
        reading = numbers._read(vals["number"])
        if not reading.e164 and not reading.text.strip("+").isdecimal():
            raise UserError(
                self.env._(
                    "“%(number)s” is no telephone number.", number=vals["number"]
                )
            )
        return {**vals, "number": reading.e164 or reading.text}

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, number, company):
        """Return the entry of a caller, empty where they are not blocked.

        :param str number: as calls have it
        """
        if not number:
            return self.browse()
        # sudo - telephony.blocked.number: whether one number is on the list
        return self.sudo().search(
            [("number", "=", number), ("company_id", "=", company.id)], limit=1
        )


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_blocked = fields.Boolean(string="Blocked Caller", compute="_compute_is_blocked")

    @api.depends("number", "company_id")
    def _compute_is_blocked(self):
        for call in self:
            call.is_blocked = bool(call._get_block())

    def _get_block(self):
        """Return the entry that blocks the call's caller, if there is one."""
        blocked = self.env["telephony.blocked.number"]
        if self.direction != "inbound":
            return blocked
        return blocked._find(self.number, self.company_id)

    def _wants_page(self, user, mine):
        return super()._wants_page(user, mine) and not self.is_blocked

    def _door_after(self):
        missed = self.filtered("to_call_back")
        missed.filtered(lambda call: call._get_block())._leave_uncalled()
        return super()._door_after()

    def _leave_uncalled(self):
        """Nobody is to call these callers back."""
        self.is_handled = True

    def action_block_caller(self):
        """Block the caller, whom users with the right to do so want to hear no more.

        :raise UserError: where there is no number to block
        """
        self.ensure_one()
        if self.direction != "inbound" or not self.number:
            raise UserError(self.env._("There is no caller's number to block."))
        blocked = self.env["telephony.blocked.number"]
        values = {"number": self.number, "company_id": self.company_id.id}
        known = blocked.with_context(active_test=False).search(
            [(key, "=", value) for key, value in values.items()]
        )
        if known:  # they were unblocked once
            known.active = True
        else:
            blocked.create(values)
        self.invalidate_recordset(["is_blocked"])
        # sudo - telephony.call: the log is written by the system for everyone
        missed_sudo = self.sudo().search(
            [
                ("to_call_back", "=", True),
                ("number", "=", self.number),
                ("company_id", "=", self.company_id.id),
            ]
        )
        missed_sudo._leave_uncalled()
        missed_sudo._tell_users()
        missed_sudo._review_followup()
        return True
