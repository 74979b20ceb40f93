from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _telephony_partner_fields(self):
        # A person without a country is called where the company is.
        return ["commercial_partner_id"]

    @api.model
    def _telephony_match_fields(self):
        return [
            *super()._telephony_match_fields(),
            "commercial_partner_id",
            "company_name",
            "is_company",
            "name",
            "parent_id",
            "type",
        ]

    def _telephony_rank(self):
        # The company first, then its people.
        company = self.commercial_partner_id
        return (
            self._telephony_is_archived(),
            0,
            company.id,
            self != company,
            self.id,
        )

    def _telephony_note_changed(self, ids, vals_list):
        result = super()._telephony_note_changed(ids, vals_list)
        # Leads and the company's people may be read with a partner's country.
        self.env["telephony.number"]._pending().partners.update(
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if "country_id" in vals
        )
        return result
