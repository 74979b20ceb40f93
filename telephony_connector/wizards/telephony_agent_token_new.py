from odoo import fields, models

from ..odoo_compat import check_identity


class TelephonyAgentTokenNew(models.TransientModel):
    """Asks for the computer's name and makes a token for its agent."""

    _name = "telephony.agent.token.new"
    _inherit = ["telephony.checked.mixin"]
    _description = "New Desktop Agent"

    name = fields.Char(
        string="Computer",
        required=True,
        help="To know it by when it is to be revoked, as Laptop or Front desk.",
    )

    @check_identity
    def make_token(self):
        """Make the token and show it, for the only time.

        Odoo asks for the password first, as for an API key.

        :return: an action
        """
        self.ensure_one()
        token = self.env["telephony.agent.token"]._generate(self.name)
        self.sudo().unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "telephony.agent.token.show",
            "name": self.env._("Desktop Agent Token"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_token": token, "default_url": self.get_base_url()},
        }


class TelephonyAgentTokenShow(models.AbstractModel):
    """Shows a token once. Without a table: it is stored nowhere."""

    _name = "telephony.agent.token.show"
    _description = "Desktop Agent Token"

    # The form's onchange returns values for records with this field alone.
    id = fields.Id()
    token = fields.Char(readonly=True)
    url = fields.Char(readonly=True)
