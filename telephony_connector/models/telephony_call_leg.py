from odoo import fields, models

from ..engine.call import State
from .telephony_call import OUTCOMES, STATES


class TelephonyCallLeg(models.Model):
    """One party's share of a call: one channel of one telephone.

    Written by the door (``telephony.call._apply``) alone.
    """

    _name = "telephony.call.leg"
    _description = "Leg of a Call"
    _order = "start_date, id"
    _rec_name = "number"

    call_id = fields.Many2one(
        "telephony.call", required=True, index=True, ondelete="cascade", readonly=True
    )
    uniqueid = fields.Char(string="Unique ID", required=True, readonly=True)
    channel = fields.Char(readonly=True)
    extension_id = fields.Many2one(
        "telephony.extension",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", index="btree_not_null", ondelete="set null", readonly=True
    )
    number = fields.Char(
        readonly=True, help="The extension's number, or the outside party's."
    )
    state = fields.Selection(STATES, readonly=True, required=True, default="ringing")
    outcome = fields.Selection(OUTCOMES, readonly=True)
    start_date = fields.Datetime(readonly=True)
    answer_date = fields.Datetime(readonly=True)
    end_date = fields.Datetime(readonly=True)
    hangup_cause = fields.Integer(readonly=True)
    transferred_to = fields.Char(readonly=True)
    on_hold = fields.Boolean(readonly=True)

    _call_uniqueid_uniq = models.Constraint(
        "UNIQUE(call_id, uniqueid)", "A leg stands in its call once."
    )

    # === FOR THE DOOR === #

    def _merge_part(self, values):
        """Cut what a source that tells parts says of this leg down to what is news.

        A phone that stopped ringing may ring again or, where the words come in the
        wrong order, have been answered; any other leg that ended stays so. Its start is
        that of the last ring.

        :param dict values: of the leg's fields, all parts of one event
        :return: the values to write
        :rtype: dict
        """
        self.ensure_one()
        values = {key: value for key, value in values.items() if value is not False}
        is_stop = values.get("outcome") == "cancelled"
        stopped = values.get("end_date")
        if is_stop and (
            self.answer_date or (self.start_date and stopped < self.start_date)
        ):
            # It stopped ringing since it was answered, or it rings again meanwhile.
            return {}
        is_late = State(values.get("state", self.state)).rank < State(self.state).rank
        if is_late and self._may_reopen(values):
            return {**values, "end_date": False, "outcome": False}
        if is_late:
            return {key: value for key, value in values.items() if not self[key]}
        for key, better in (
            ("start_date", max),
            ("answer_date", min),
            # When it stopped ringing is known better than by the call's end.
            ("end_date", min if is_stop else max),
        ):
            if key in values and self[key]:
                values[key] = better(values[key], self[key])
        return values

    def _may_reopen(self, values):
        """Say whether a leg that ended goes on, as an event tells."""
        began = values.get("answer_date") or values.get("start_date")
        if self.state != "ended" or not began:
            return False
        was_stop = self.outcome == "cancelled" and "answer_date" in values
        return was_stop or bool(self.end_date and began > self.end_date)
