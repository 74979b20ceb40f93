from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        # Calls are looked for below, also by number; the raw link is out of the reach
        # of the generic search, which asks as the user.
        return [*super()._get_query_models_blacklist(), "telephony.call"]

    def _get_query(self):
        """Find the person's calls: by contact, by number, and by the name sent along.

        The numbers are those of the contacts that were found.
        """
        query = super()._get_query()
        return SQL(
            """
            %s
            UNION ALL
            SELECT %s AS res_model_id, id AS res_id, TRUE AS is_active
              FROM telephony_call
             WHERE partner_id IN (SELECT id FROM indirect_references)
                OR number IN (
                    SELECT number FROM telephony_number
                     WHERE res_model = 'res.partner'
                       AND res_id IN (SELECT id FROM indirect_references))
                OR caller_name ILIKE %s
            """,
            query,
            self.env["ir.model"]._get_id("telephony.call"),
            self.name.strip(),
        )
