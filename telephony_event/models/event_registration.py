from odoo import api, models
from odoo.tools import email_normalize


class EventRegistration(models.Model):
    _name = "event.registration"
    _inherit = ["event.registration", "telephony.phone.mixin"]

    @api.model
    def _telephony_match_fields(self):
        return [
            *super()._telephony_match_fields(),
            "company_name",
            "email",
            "event_id",
            "name",
            "state",
        ]

    def _telephony_kind(self):
        return self.env._("Attendee")

    def _telephony_person(self):
        # The contact booked, perhaps for somebody else.
        self.ensure_one()
        email = email_normalize(self.email)
        partner = self.partner_id
        if partner._filtered_access("read") and (
            email == partner.email_normalized if email else self.name == partner.name
        ):
            return partner
        return email or self

    def _telephony_is_closed(self):
        return (
            super()._telephony_is_closed()
            or self.state == "cancel"
            or self.event_id.is_finished
        )

    def _telephony_status(self):
        if self.state == "cancel":
            return self.env._("Cancelled")
        if self.event_id.is_finished:
            return self.env._("The event is over")
        return super()._telephony_status()

    def _telephony_company_name(self):
        return self.company_name or super()._telephony_company_name()

    def _telephony_user(self):
        return self.event_id.user_id

    def _telephony_tags(self):
        return self.event_id.mapped("display_name")
