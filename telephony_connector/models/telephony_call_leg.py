from odoo import fields, models
from odoo.fields import NO_ACCESS

from ..engine import merging, parts
from ..tools.stored import read_stored
from .telephony_call import OUTCOMES, STATES

# What follows from what was told of a leg.
DERIVED = ("state", "outcome", "start_date", "answer_date", "end_date")


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
    consultation = fields.Selection(
        [
            ("ringing", "Ringing"),
            ("ongoing", "Ongoing"),
            ("conference", "Conference"),
        ],
        readonly=True,
        help="How far this party has come with an attended transfer.",
    )
    consulted = fields.Char(
        readonly=True, help="The number of whom this party consults before a transfer."
    )
    on_hold = fields.Boolean(readonly=True)
    answered_unseen = fields.Boolean(
        groups=NO_ACCESS,
        help="The call was answered while Odoo was not connected to the telephone "
        "system.",
    )
    facts = fields.Json(
        groups=NO_ACCESS,
        help="What a source that sends calls in parts reported: see engine/parts.py.",
    )

    _call_uniqueid_uniq = models.Constraint(
        "UNIQUE(call_id, uniqueid)", "A leg belongs to its call only once."
    )

    # === FOR THE DOOR === #

    def _prepare_values(self, leg, extension, is_whole):
        """Return what is to be written of this leg, or of a new one.

        Of a leg that is reported in parts, what follows from the parts is written by
        `_settle`, which knows of the whole call.

        :param dict leg: as of ``telephony.call._apply``
        :param extension: the `telephony.extension` that it names, if there is one
        :param bool is_whole: whether the source reports whole calls
        :rtype: dict
        """
        values = merging.read_leg_values(leg)
        values["number"] = leg.get("extension") or values.get("number")
        if extension:
            values |= {"extension_id": extension.id, "user_id": extension.user_id.id}
        if not is_whole:
            values = {
                key: value
                for key, value in values.items()
                if value is not False and key not in DERIVED
            }
            known = self.facts or parts.read_leg({key: self[key] for key in DERIVED})
            values["facts"] = parts.join_leg(known, parts.read_leg(leg))
        if not self:
            return values
        return merging.merge_leg(read_stored(self, {"state", *values}), values)

    def _align_parts(self, call):
        """Bring legs in line with their call, which is reported in parts.

        :param call: their `telephony.call`
        """
        for leg in self:
            values = {}
            if leg.facts:
                values = parts.derive_leg(leg.facts, call.state, call.end_date)
            elif call.state == "ended" and leg.state != "ended":
                values = {
                    "state": "ended",
                    "outcome": "answered" if leg.answer_date else "cancelled",
                    "end_date": call.end_date,
                }
            if values := merging.pick_new(leg, values):
                leg.write(values)

    def _get_last_answer(self):
        """Return when it was answered last, as a text to compare with others'."""
        self.ensure_one()
        facts = self.facts or parts.read_leg({"answer_date": self.answer_date})
        return parts.get_last_answer(facts)

    # === TRANSFERS === #

    def _get_talked(self, user):
        """Return the legs by which the user talked."""
        return self.filtered(lambda leg: leg.user_id == user and leg.answer_date)

    def _get_consulting(self, user):
        """Return the leg of a call by which the user consults somebody before a
        transfer, or has joined all to a conference; empty where they do neither."""
        return self.filtered(lambda leg: leg.user_id == user and leg.consultation)[:1]

    def _is_consulted(self, user):
        """Say whether a colleague consults the user while the other party waits.

        :param self: the legs of a call
        """
        consulting = self.filtered(
            lambda leg: leg.consultation in ("ringing", "ongoing")
        )
        return bool(consulting) and user not in consulting.user_id

    def _get_transfer(self, user):
        """Return the leg by which the user sent the other party on to somebody who
        rings or talks with them; empty where they did not.

        :param self: the legs of a call
        """
        legs = self.filtered(lambda leg: leg.user_id == user)
        is_gone = set(legs.mapped("state")) == {"ended"}
        if not is_gone or self.call_id.state != "ongoing" or self.call_id.parking_space:
            return self.browse()
        return legs.filtered("transferred_to").sorted("end_date")[-1:]

    def _get_transfer_state(self, user):
        """Return what became of a call that the user transferred to somebody:
        ``ringing``, ``ongoing``, or ``False`` where they did not.

        :param self: the legs of a call
        """
        own = self._get_transfer(user)
        if not own:
            return False
        # Those who were in the call after the user was: the other party, and whoever
        # answered; which of them hangs up first does not matter.
        talked = self.filtered(
            lambda leg: (
                leg.user_id != user
                and leg.answer_date
                and (not leg.end_date or leg.end_date >= own.end_date)
            )
        )
        return "ongoing" if len(talked) > 1 else "ringing"

    def _get_parker(self):
        """Return the user who parked the other party, empty where nobody is known.

        :param self: the legs of a call
        """
        space = self.call_id.parking_space
        parked = self.filtered(lambda leg: space and leg.transferred_to == space)
        return parked.sorted("end_date")[-1:].user_id
