from odoo import Command, api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    telephony_phone_ids = fields.One2many(
        "telephony.phone",
        "lead_id",
        string="Other Phone Numbers",
        groups="base.group_user",
        copy=True,
    )

    def _telephony_rank(self):
        return 1, 0, False, -self.id

    @api.model
    def _telephony_match_fields(self):
        return [
            *super()._telephony_match_fields(),
            "email_normalized",
            "partner_name",
            "type",
            "won_status",
        ]

    @api.model
    def _telephony_search_fields(self):
        names = super()._telephony_search_fields()
        return [*names, "contact_name", "partner_name", "email_from"]

    def _telephony_kind(self):
        kinds = self._fields["type"]._description_selection(self.env)
        return dict(kinds)[self.type]

    def _telephony_person(self):
        # Leads that a visitor left twice are one person's.
        return self.partner_id or self.email_normalized or self

    def _telephony_is_closed(self):
        return super()._telephony_is_closed() or self.won_status != "pending"

    def _telephony_status(self):
        if self.won_status in ("won", "lost"):
            statuses = self._fields["won_status"]._description_selection(self.env)
            return dict(statuses)[self.won_status]
        return super()._telephony_status()

    def _telephony_company_name(self):
        return self.partner_name or super()._telephony_company_name()

    def _telephony_city(self):
        return self.city or super()._telephony_city()

    def _telephony_tags(self):
        return self.tag_ids.mapped("display_name")

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["telephony.call"]._move_object(opportunities, self)
        self._merge_telephony_phones(opportunities)
        return result

    def _merge_telephony_phones(self, leads):
        """Take over the other phone numbers of leads that are merged into this one."""
        # sudo - telephony.phone: whoever may merge leads may take their numbers along
        phones_sudo = leads.sudo().telephony_phone_ids
        if phones_sudo:
            phones_sudo.lead_id = self.id

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        # They are the person's; the company's only where there is no person.
        if self.telephony_phone_ids and not (is_company and self.contact_name):
            values["telephony_phone_ids"] = [
                Command.create(phone)
                for phone in self.telephony_phone_ids._copy_values()
            ]
        return values
