from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    telephony_phone_ids = fields.One2many(
        "telephony.phone",
        "partner_id",
        string="Further Phone Numbers",
        groups="base.group_user",
        copy=True,
    )

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

    def _keep_phones_of(self, partners):
        """Keep the phones of contacts that are merged into this one.

        Their further numbers were moved by their foreign key. A phone of theirs that
        the contact does not have becomes a further number: merging loses none.
        """
        self.ensure_one()
        phones = self.env["telephony.phone"]
        self.env["telephony.number"]._pending().records[self._name].setdefault(
            self.id, False
        )
        # sudo - telephony.phone: whoever may merge contacts may keep their numbers
        known = {phone.number for phone in self.sudo().telephony_phone_ids}
        known.add(self.phone or partners.filtered("phone")[:1].phone)
        for phone in dict.fromkeys(partners.filtered("phone").mapped("phone")):
            if phone not in known:
                phones.sudo().create({"partner_id": self.id, "number": phone})

    @api.model
    def _telephony_note_changed(self, changed):
        result = super()._telephony_note_changed(changed)
        # Leads and the company's people may be read with a partner's country.
        self.env["telephony.number"]._pending().partners.update(
            id_ for id_, vals in changed.items() if "country_id" in vals
        )
        return result
