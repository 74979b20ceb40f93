from odoo import api, models


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "telephony.phone.mixin"]

    @api.model
    def _telephony_number_fields(self):
        return ["mobile_phone", "work_phone", "private_phone"]

    @api.model
    def _telephony_partner_fields(self):
        return ["work_contact_id"]

    @api.model
    def _telephony_match_fields(self):
        return [*super()._telephony_match_fields(), "job_title", "name"]

    def _telephony_kind(self):
        return self.env._("Colleague")

    def _telephony_user(self):
        # A call is the colleague's own, who is not in charge of themselves.
        return self.env["res.users"]

    def _telephony_company_name(self):
        return self.company_id.name or False

    def _telephony_tags(self):
        return [self.job_title] if self.job_title else []
