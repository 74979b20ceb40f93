from odoo import fields, models


class TelephonyLegalHold(models.TransientModel):
    """Holding calls, or letting them go, with the reason."""

    _name = "telephony.legal.hold"
    _inherit = ["telephony.checked.mixin"]
    _description = "Legal Hold"

    call_ids = fields.Many2many(
        "telephony.call", default=lambda self: self.env.context.get("active_ids")
    )
    action = fields.Selection(
        [("hold", "Hold"), ("release", "End the hold")], required=True, default="hold"
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Hold the calls, or let them go.

        :raise AccessError: the user is no supervisor, or may not see one of them
        """
        self.ensure_one()
        self.call_ids._set_legal_hold(self.action == "hold", self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
