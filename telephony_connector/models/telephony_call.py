from odoo import api, fields, models
from odoo.fields import NO_ACCESS

# What <bdi> is in a page: a number within it runs from left to right.
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
DIRECTIONS = [
    ("inbound", "Incoming"),
    ("outbound", "Outgoing"),
    ("internal", "Internal"),
]
STATES = [("ringing", "Ringing"), ("ongoing", "Ongoing"), ("ended", "Ended")]
OUTCOMES = [
    ("answered", "Answered"),
    ("missed", "Missed"),
    ("busy", "Busy"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
    ("failed", "Failed"),
    # Nobody told how it went: by far most were answered, so it is no missed call.
    ("unknown", "Not Known"),
]


class TelephonyCall(models.Model):
    """One telephone call, whatever became of it on the way.

    The technical fields are written by the door (``_apply``, in
    ``telephony_call_door.py``) alone; the object, the note and what else a person says
    of the call by ``register`` (in ``telephony_call_object.py``).
    """

    _name = "telephony.call"
    _description = "Call"
    _order = "start_date desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Telephone System",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="pbx_id.company_id", store=True, index=True, readonly=True
    )
    uniqueid = fields.Char(
        string="Unique ID",
        required=True,
        readonly=True,
        help="The id of the call on its telephone system.",
    )
    source_term = fields.Integer(readonly=True)
    source_revision = fields.Integer(readonly=True)
    told = fields.Json(
        groups=NO_ACCESS,
        help="What a source that tells of calls in parts told: see engine/parts.py.",
    )

    # What happened
    direction = fields.Selection(
        DIRECTIONS,
        readonly=True,
        required=True,
        default="inbound",
    )
    state = fields.Selection(
        STATES, readonly=True, required=True, default="ringing", index=True
    )
    outcome = fields.Selection(OUTCOMES, readonly=True)
    number = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="The other party's number, in international form where it is one.",
    )
    number_display = fields.Char(
        string="Number as Written", compute="_compute_number_display"
    )
    colleague = fields.Char(
        compute="_compute_colleague",
        help="Of an internal call: who the other party is.",
    )
    caller_name = fields.Char(
        readonly=True, help="The name that the caller's side sent along: not verified."
    )
    withheld = fields.Boolean(string="Number Withheld", readonly=True)
    dialed_number = fields.Char(
        readonly=True, help="The number that was called: for incoming calls the DID."
    )
    queue = fields.Char(readonly=True)
    queue_date = fields.Datetime(
        string="Waits Since",
        readonly=True,
        help="When the caller began to wait in the queue; empty once they do not.",
    )
    diverted_from = fields.Char(
        readonly=True,
        help="The number that forwarded the call: the caller id may be that party's.",
    )
    voicemail = fields.Boolean(string="Left a Voicemail", readonly=True)
    voicemail_duration = fields.Integer(
        string="Length of the Message", readonly=True, help="In seconds."
    )
    voicemail_text = fields.Char(string="Voicemail", compute="_compute_voicemail_text")
    incomplete = fields.Boolean(
        readonly=True, help="A part of this call was not seen by the listener."
    )
    is_called_back = fields.Boolean(
        string="Called Back",
        readonly=True,
        help="After this missed call somebody talked to the caller.",
    )
    start_date = fields.Datetime(readonly=True, index=True)
    answer_date = fields.Datetime(readonly=True)
    end_date = fields.Datetime(readonly=True)
    duration = fields.Integer(
        string="Talk Time",
        help="In seconds.",
        compute="_compute_durations",
        store=True,
        aggregator="sum",
    )
    ring_duration = fields.Integer(
        string="Time to Answer",
        help="In seconds; how long it rang where nobody answered.",
        compute="_compute_durations",
        store=True,
        aggregator="avg",
    )
    hangup_cause = fields.Integer(readonly=True, help="ITU-T Q.850 cause code.")

    # Who of the company
    extension_id = fields.Many2one(
        "telephony.extension",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="Who handled the call; where nobody did, the only one whose phone rang.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "telephony_call_user_rel",
        string="Users Rung or Talking",
        readonly=True,
    )
    leg_ids = fields.One2many("telephony.call.leg", "call_id", readonly=True)

    _uniqueid_pbx_uniq = models.Constraint(
        "UNIQUE(pbx_id, uniqueid)",
        "A call stands in the log once.",
    )
    _ended_outcome_check = models.Constraint(
        "CHECK(state != 'ended' OR outcome IS NOT NULL)",
        "A call that is over has an outcome.",
    )

    # === COMPUTE METHODS === #

    @api.depends("voicemail", "voicemail_duration")
    @api.depends_context("lang")
    def _compute_voicemail_text(self):
        for call in self:
            call.voicemail_text = call.voicemail and call._get_voicemail_text()

    @api.depends("number", "dialed_number", "withheld", "direction", "pbx_id")
    @api.depends_context("uid")
    def _compute_number_display(self):
        for call in self:
            call.number_display = call._get_number_text()

    @api.depends("number", "dialed_number", "withheld", "direction", "pbx_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for call in self:
            call.display_name = call._get_title()

    @api.depends("number", "dialed_number", "direction", "caller_name", "pbx_id")
    @api.depends_context("uid")
    def _compute_colleague(self):
        for call in self:
            call.colleague = call._get_colleague()

    @api.depends("start_date", "answer_date", "end_date")
    def _compute_durations(self):
        for call in self:
            call.duration = _seconds(call.answer_date, call.end_date)
            call.ring_duration = _seconds(
                call.start_date, call.answer_date or call.end_date
            )

    # === BUSINESS METHODS === #

    def _get_number_text(self):
        """Return the other party's number as people write it; of an internal call, the
        number of the party that the current user is not."""
        self.ensure_one()
        if self.withheld:
            return self.env._("Number withheld")
        number = self._get_other_number()
        if not number:
            return self.env._("Unknown number")
        return self.env["telephony.number"]._format(number, self.pbx_id)

    # === WHO TALKS WITH WHOM, AS SEEN BY THE CURRENT USER === #

    def _get_other_number(self):
        """Return the number of the party that the current user is not."""
        self.ensure_one()
        is_caller = self.direction == "internal" and self._is_caller(self.env.user)
        return (self.dialed_number if is_caller else self.number) or ""

    def _is_caller(self, user):
        """Say whether the user made the call."""
        if self.direction == "inbound":
            return False
        return bool(user) and self._get_caller_extension().user_id == user

    def _get_caller_extension(self):
        """Return the extension that the call was made from, empty where none was."""
        self.ensure_one()
        if self.direction == "internal":
            return self._find_extension(self.number)
        legs = self.leg_ids.filtered("extension_id").sorted("start_date")
        extension = legs[:1].extension_id or self.extension_id
        return extension if self.direction == "outbound" else extension.browse()

    def _find_extension(self, number):
        """Return the extension with a number, also one that is no longer in use."""
        # sudo - telephony.extension: who sits behind a number of a call that is read
        extensions_sudo = self.env["telephony.extension"].sudo()
        return extensions_sudo.with_context(active_test=False).search(
            [("number", "=", number or ""), ("pbx_id", "=", self.pbx_id.id)],
            order="active desc",
            limit=1,
        )

    def _get_colleague(self):
        """Return the name of the other party of an internal call, ``False`` for others
        and where none is known."""
        self.ensure_one()
        if self.direction != "internal":
            return False
        name = self._find_extension(self._get_other_number()).user_id.name
        return name or self._get_sent_name()

    def _get_sent_name(self):
        """Return the name that the caller's phone sent along, to all but the caller."""
        is_own = self.direction == "internal" and self._is_caller(self.env.user)
        return False if is_own else self.caller_name

    def _get_party_name(self):
        """Return the other party in words: a number, or “Marc Demo · 1002”; both, for
        those who look at a call of their colleagues."""
        party = self._join_party(self._get_colleague(), self._get_number_text())
        if self.direction != "internal" or self.env.user in self.user_ids:
            return party
        called = self.dialed_number or self.extension_id.number
        if not called:
            return party
        name = self._find_extension(called).user_id.name
        return f"{party} → {self._join_party(name, called)}"

    def _join_party(self, name, number):
        return " · ".join(filter(None, (name, self._isolate(number))))

    def _isolate(self, number):
        """Keep a number's parts in their order within a text from right to left."""
        if self.env["res.lang"]._get_data(code=self.env.lang).direction != "rtl":
            return number
        return f"{ISOLATE}{number}{END_OF_ISOLATE}"

    def _get_called_name(self):
        """Return the name of whom the call goes to, as far as the current user may
        know it; empty where nobody or several have the number."""
        self.ensure_one()
        if self.direction == "internal":
            return self._get_colleague() or ""
        record = self._get_visible_object()
        if record is None:
            record = self._get_matches().caller
        return record.display_name if record is not None else ""

    def _get_party_text(self, field):
        """Return a number as people write it, ``False`` where it is not known.

        :param str field: ``dialed_number`` or ``diverted_from``
        """
        self.ensure_one()
        if not self[field]:
            return False
        return self.env["telephony.number"]._format(self[field], self.pbx_id)

    def _get_title(self):
        """Return the heading of the call's page, as “Incoming call: +33 6 12 …”."""
        self.ensure_one()
        party = self._get_party_name()
        if self.direction == "outbound":
            return self.env._("Outgoing call: %(number)s", number=party)
        if self.direction == "internal":
            return self.env._("Internal call: %(number)s", number=party)
        return self.env._("Incoming call: %(number)s", number=party)

    # === WHOSE PHONES === #

    def _get_ringing_extension(self):
        """Return the extension at which the call rings, empty where it does at none."""
        legs = self.leg_ids.filtered(
            lambda leg: leg.state == "ringing" and leg.extension_id
        )
        return legs[:1].extension_id

    def _get_own_channel(self):
        """Return the channel of the current user's phone in the call."""
        legs = self._get_legs(self.env.user).filtered(lambda leg: leg.state != "ended")
        return legs.sorted(lambda leg: leg.state != "ongoing")[:1].channel

    def _get_other_channel(self):
        """Return the channel of the other party."""
        others = self.leg_ids.filtered(
            lambda leg: leg.state != "ended" and leg.user_id != self.env.user
        )
        return others.sorted(lambda leg: bool(leg.extension_id))[:1].channel


def _seconds(start, end):
    """Whole seconds from ``start`` to ``end``; 0 where one of them is unknown."""
    if not start or not end:
        return 0
    return max(0, round((end - start).total_seconds()))
