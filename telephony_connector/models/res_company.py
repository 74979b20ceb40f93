from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    telephony_match_archived = fields.Boolean(
        string="Recognise Archived Records",
        default=True,
        help="Archived contacts and leads with a caller's number are shown too, after "
        "all others. Unset, they are not shown at all.",
    )

    # Who sees whose calls
    telephony_own_calls_only = fields.Boolean(
        string="Own Calls Only",
        help="Users see the calls that they were rung for or talked in, and not those "
        "of their sales teams.",
    )
    telephony_supervisor_scope = fields.Selection(
        [
            ("company", "All calls of the company"),
            ("team", "Calls of the sales teams that they lead or are in"),
        ],
        string="Supervisors See",
        required=True,
        default="company",
    )

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
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
