from odoo import api, models


class TelephonyApi(models.AbstractModel):
    _inherit = "telephony.api"

    @api.model
    def _prepare_call(self, call):
        url = call.recording_url or None
        return super()._prepare_call(call) | {"recording_url": url}
