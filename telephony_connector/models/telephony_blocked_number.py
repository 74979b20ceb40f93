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
        "UNIQUE(number, company_id)", "This number is already blocked."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        return super().create([self._normalize(vals) for vals in vals_list])

    def write(self, vals):
        self.check_access("write")
        return super().write(self._normalize(vals))

    @api.model
    def _normalize(self, vals):
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
                    "“%(number)s” is not a valid phone number.", number=vals["number"]
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

    @api.model
    def _block(self, call):
        """Block the caller of a call; nobody is to call them back.

        :param call: a `telephony.call` that came in, with a number
        :raise AccessError: the user may not block callers
        """
        values = {"number": call.number, "company_id": call.company_id.id}
        known = self.with_context(active_test=False).search(
            [(key, "=", value) for key, value in values.items()]
        )
        if known:  # they were unblocked once
            known.active = True
        else:
            self.create(values)
        call.invalidate_recordset(["is_blocked"])
        # sudo - telephony.call: the log is written by the system for everyone
        missed_sudo = call.sudo().search(
            [
                ("to_call_back", "=", True),
                ("number", "=", call.number),
                ("company_id", "=", call.company_id.id),
            ]
        )
        missed_sudo.is_handled = True
        missed_sudo._notify_users()
        missed_sudo._review_followup()
