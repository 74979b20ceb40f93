from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        # Calls are looked for below, also by number; the raw link is out of the reach
        # of the generic search, which asks as the user.
        own = ["telephony.call", "telephony.followup"]
        return [*super()._get_query_models_blacklist(), *own]

    def _get_query(self):
        """Find the person's calls: by the record that they belong to, by number, and by
        the name sent along.

        The numbers are those of all records that were found, be it a lead alone, and
        the missed callers are found by them, too.
        """
        models = self.env["ir.model"]
        return SQL(
            """
            WITH found AS (%(found)s),
            known AS (
                SELECT model.model AS res_model, found.res_id
                  FROM found JOIN ir_model model ON model.id = found.res_model_id),
            numbers AS (
                SELECT number
                  FROM telephony_number JOIN known USING (res_model, res_id))
            SELECT res_model_id, res_id, is_active FROM found
            UNION ALL
            SELECT %(calls)s AS res_model_id, id AS res_id, TRUE AS is_active
              FROM telephony_call
             WHERE partner_id IN (
                       SELECT res_id FROM known WHERE res_model = 'res.partner')
                OR (res_model, res_id) IN (SELECT res_model, res_id FROM known)
                OR number IN (SELECT number FROM numbers)
                OR caller_name ILIKE %(name)s
            UNION ALL
            SELECT %(followups)s AS res_model_id, id AS res_id, TRUE AS is_active
              FROM telephony_followup WHERE number IN (SELECT number FROM numbers)
            """,
            found=super()._get_query(),
            calls=models._get_id("telephony.call"),
            followups=models._get_id("telephony.followup"),
            name=self.name.strip(),
        )
