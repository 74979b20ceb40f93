from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _telephony_rank(self):
        return self._telephony_is_archived(), 1, 0, False, -self.id

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["telephony.call"]._move_object(opportunities, self)
        return result
