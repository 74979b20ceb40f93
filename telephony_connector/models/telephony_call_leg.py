from odoo import fields, models

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
