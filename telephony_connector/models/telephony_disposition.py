from odoo import fields, models


class TelephonyDisposition(models.Model):
    """How a call ended, in the words of the company: a list to choose from."""

    _name = "telephony.disposition"
    _description = "Result of a Call"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "A result with this name already exists."
    )
