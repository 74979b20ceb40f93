from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.telephony_connector.engine.errors import TelephonyError

STATUSES = [
    ("available", "Available"),
    ("away", "Away"),
    ("busy", "Busy"),
    ("dnd", "Do not disturb"),
]


class TelephonyMightycallStatus(models.TransientModel):
    """The current user's status at MightyCall, whose server keeps it."""

    _name = "telephony.mightycall.status"
    _inherit = ["telephony.checked.mixin"]
    _description = "Status at MightyCall"

    extension_id = fields.Many2one(
        "telephony.extension", required=True, readonly=True, ondelete="cascade"
    )
    status = fields.Selection(STATUSES, required=True)

    @api.model
    def _open_mine(self):
        """Ask the server for the current user's status, and let him change it.

        :return: an action
        :raise AccessError: for who has no right to the telephone
        :raise UserError: where there is none, or the server does not tell
        """
        self.check_access("create")
        extension = self.env.user._get_mightycall_extension()
        if not extension:
            raise UserError(self.env._("You have no extension at MightyCall."))
        try:
            status = extension.pbx_id._get_provider().read_status(extension)
        except TelephonyError as error:
            raise UserError(self.env["telephony.text"]._render(error.text)) from error
        known = status if status in dict(STATUSES) else "available"
        # sudo - telephony.mightycall.status: the extension is one's own, in whatever
        # company
        wizard = self.sudo().create({"extension_id": extension.id, "status": known})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Telephone Status"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Set the status.

        :raise UserError: the server refuses, in its own words
        """
        self.ensure_one()
        extension = self.env.user._get_mightycall_extension()
        try:
            extension.pbx_id._get_provider().write_status(extension, self.status)
        except TelephonyError as error:
            raise UserError(self.env["telephony.text"]._render(error.text)) from error
        return {"type": "ir.actions.act_window_close"}
