from odoo import api, models

from odoo.addons.telephony_connector.tools.groups import SUPERVISOR


class TelephonyHome(models.AbstractModel):
    _inherit = "telephony.home"

    @api.model
    def _get_first_page(self):
        if self.env.user.has_group(SUPERVISOR):
            return "telephony_supervisor.action_telephony_board"
        return super()._get_first_page()
