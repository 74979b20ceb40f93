from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    telephony_service_seconds = fields.Integer(
        string="Service Level",
        default=20,
        required=True,
        help="Seconds within which incoming calls should be answered.",
        # Customers with a login read the company, too.
        groups="base.group_user",
    )

    _telephony_service_seconds_check = models.Constraint(
        "CHECK(telephony_service_seconds > 0)",
        "The service level needs a time within which calls are to be answered.",
    )
