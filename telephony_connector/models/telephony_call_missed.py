"""What counts as missed, what is to be called back, and who handled a call: the one
place that decides it for badge, lists, follow-ups, figures and mails."""

from odoo import api, fields, models


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_missed = fields.Boolean(
        string="Missed",
        compute="_compute_is_missed",
        store=True,
        help="An incoming call that nobody answered, whatever the phones said and "
        "whoever hung up: the outcome may be busy or declined.",
    )
    is_handled = fields.Boolean(
        string="Worked Off",
        readonly=True,
        help="Somebody took care of this missed call.",
    )
    to_call_back = fields.Boolean(
        compute="_compute_to_call_back",
        store=True,
        help="A missed call whose caller nobody talked to since, and that nobody "
        "registered or marked as done.",
    )
    handled_by_id = fields.Many2one(
        "res.users",
        string="Handled by",
        compute="_compute_handled_by_id",
        store=True,
        index="btree_not_null",
        help="Who answered the call last, or made it.",
    )
    rung_user_ids = fields.Many2many(
        "res.users",
        string="Rung",
        compute="_compute_rung_user_ids",
        compute_sudo=True,
        help="Whose phones rang without an answer.",
    )

    _to_call_back_idx = models.Index("(start_date) WHERE to_call_back")

    @api.depends("direction", "state", "outcome")
    def _compute_is_missed(self):
        for call in self:
            # Of unknown ones by far most were answered.
            call.is_missed = (
                call.direction == "inbound"
                and call.state == "ended"
                and call.outcome not in ("answered", "unknown")
            )

    @api.depends("is_missed", "is_called_back", "is_handled", "is_registered")
    def _compute_to_call_back(self):
        for call in self:
            call.to_call_back = call.is_missed and not (
                call.is_called_back or call.is_handled or call.is_registered
            )

    @api.depends("user_id", "answer_date", "direction")
    def _compute_handled_by_id(self):
        for call in self:
            is_handled = call.answer_date or call.direction == "outbound"
            call.handled_by_id = call.user_id if is_handled else False

    @api.depends("user_ids", "leg_ids.answer_date", "handled_by_id")
    def _compute_rung_user_ids(self):
        for call in self:
            talked = call.leg_ids.filtered("answer_date").user_id
            others = talked | call.handled_by_id | call._get_caller_extension().user_id
            call.rung_user_ids = call.user_ids - others

    def _get_outcome_text(self):
        """Return how the call went in words, as “Missed · Busy”.

        :return: "" where nobody told
        """
        self.ensure_one()
        if self.outcome == "unknown":
            return ""
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        text = outcomes.get(self.outcome) or ""
        if self.is_missed and self.outcome != "missed":
            return f"{outcomes['missed']} · {text}"
        return text

    def action_set_handled(self):
        """Take missed calls off the list of those to call back, for everyone rung."""
        self.check_access("read")
        # sudo - telephony.call: whoever was rung may say that a missed call is done
        self.sudo().is_handled = True
        self.sudo()._tell_users()
