from odoo import api, fields, models
from odoo.fields import Domain


class TelephonyRecordingRule(models.Model):
    """How long the recordings of certain calls are kept. The first that fits counts."""

    _name = "telephony.recording.rule"
    _inherit = ["telephony.checked.mixin"]
    _description = "Retention of Recordings"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Telephone System",
        ondelete="cascade",
        check_company=True,
    )
    queue_id = fields.Many2one(
        "telephony.queue", ondelete="cascade", check_company=True
    )
    direction = fields.Selection("_get_directions")
    disposition_id = fields.Many2one(
        "telephony.disposition", string="Result", ondelete="cascade"
    )
    days = fields.Integer(
        required=True,
        default=90,
        help="For how many days the recording is kept. 0: as long as the call names "
        "anybody.",
    )

    _days_not_negative = models.Constraint(
        "CHECK(days >= 0)", "Recordings can't be kept for less than a day."
    )

    @api.model
    def _get_directions(self):
        direction = self.env["telephony.call"]._fields["direction"]
        return direction._description_selection(self.env)

    @api.depends("pbx_id", "queue_id", "direction", "disposition_id")
    def _compute_display_name(self):
        directions = dict(self._fields["direction"]._description_selection(self.env))
        for rule in self:
            parts = (
                directions.get(rule.direction),
                rule.pbx_id.name,
                rule.queue_id.name,
                rule.disposition_id.name,
            )
            text = " · ".join(filter(None, parts))
            rule.display_name = text or self.env._("All calls")

    def _get_scope(self):
        """Return the domain of the calls that the rule is about."""
        self.ensure_one()
        scope = Domain("company_id", "=", self.company_id.id)
        if self.pbx_id:
            scope &= Domain("pbx_id", "=", self.pbx_id.id)
        if self.queue_id:
            scope &= Domain("queue", "=", self.queue_id.name)
            scope &= Domain("pbx_id", "=", self.queue_id.pbx_id.id)
        if self.direction:
            scope &= Domain("direction", "=", self.direction)
        if self.disposition_id:
            scope &= Domain("disposition_id", "=", self.disposition_id.id)
        return scope
