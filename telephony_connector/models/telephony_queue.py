from odoo import api, fields, models

from ..engine.pbx_text import plain_text
from ..tools.stored import strip_texts


class TelephonyQueue(models.Model):
    """A queue of a telephone system, and who answers for its callers."""

    _name = "telephony.queue"
    _inherit = ["telephony.checked.mixin"]
    _description = "Queue"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="As named on the telephone system.")
    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Telephone System",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["telephony.pbx"].search([], limit=1),
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Calls back the missed callers of this queue who have no salesperson.",
    )

    is_self_service = fields.Boolean(
        string="Agents Log In Themselves",
        help="Agents log into this queue and out of it from their panel. If unset, "
        "supervisors and the telephone system alone decide who is in it.",
    )

    _name_pbx_uniq = models.Constraint(
        "UNIQUE(name, pbx_id)", "This queue already exists on the telephone system."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([strip_texts(self, vals) for vals in vals_list])

    def write(self, vals):
        return super().write(strip_texts(self, vals))

    # === FOR THE LISTENER === #

    @api.model
    def _add_missing(self, pbx_id, names):
        """Take up the queues of a telephone system that Odoo does not know yet.

        :param list names: as the telephone system calls them
        """
        known = self.search([("pbx_id", "=", pbx_id)]).mapped("name")
        self.create(
            [
                {"name": name, "pbx_id": pbx_id}
                for name in dict.fromkeys(map(plain_text, names))
                if name and name not in known
            ]
        )
