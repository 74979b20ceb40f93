from odoo import api, models


class TelephonyCard(models.AbstractModel):
    _inherit = "telephony.card"

    @api.model
    def _prepare_card(self, call):
        # sudo - telephony.call: the user may read it, `read_cards` made sure
        note = call.sudo().recording_note
        return super()._prepare_card(call) | {"recording_note": note or False}
