from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    telephony_phone_ids = fields.One2many(
        "telephony.phone",
        "partner_id",
        string="Other Phone Numbers",
        groups="base.group_user",
        copy=True,
    )

    @api.model
    def _telephony_number_fields(self):
        # A second phone that OCA's partner_phone_secondary adds; its partner_mobile
        # brings back the field that Odoo knows by itself.
        return [*super()._telephony_number_fields(), "phone2"]

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
            0,
            company.id,
            self != company,
            self.id,
        )

    def _telephony_partner(self):
        return self

    def _telephony_name(self):
        return self.name or super()._telephony_name()

    def _telephony_company_name(self):
        parent = self.parent_id._filtered_access("read")
        return parent.name or self.company_name or self.commercial_company_name or False

    def _telephony_city(self):
        return self.city or False

    def _telephony_tags(self):
        return self.category_id.mapped("display_name")

    def _keep_phones_of(self, partners):
        """Keep the phones of contacts that are merged into this one.

        Their other phone numbers were moved by their foreign key. A phone of theirs
        that the contact does not have becomes another number: merging loses none.
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
    def _telephony_mark_changed(self, changed):
        result = super()._telephony_mark_changed(changed)
        # Leads and the company's people may be read with a partner's country.
        self.env["telephony.number"]._pending().partners.update(
            id_ for id_, vals in changed.items() if "country_id" in vals
        )
        return result

    def _get_telephony_call_domain(self):
        """Return the domain of the calls with the contact's family.

        Of the family only those whom the current user may read.
        """
        # sudo - res.partner: the way to the family; who of it counts is asked below
        family_sudo = self.sudo().commercial_partner_id or self.sudo()
        readable = self.with_context(active_test=False).search(
            [("id", "child_of", family_sudo.ids)]
        )
        return [("partner_id", "in", readable.ids)]
