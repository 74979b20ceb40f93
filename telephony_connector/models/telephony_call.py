"""A call: what the log keeps of it, who may see it, and what people say of it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import is_html_empty

from ..engine.durations import count_seconds
from ..engine.numbers import SUFFIX_LENGTH
from ..tools.groups import CONTENT
from ..tools.parameters import takes

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
    # Nobody reported how it went: by far most were answered, so it is no missed call.
    ("unknown", "Unknown"),
]


class TelephonyCall(models.Model):
    """One telephone call, whatever became of it on the way.

    The technical fields are written by the door (``_apply``, in
    ``telephony_call_door.py``) alone; the object, the note and what else a person says
    of the call by ``register``.

    That somebody called is one thing, what was said another. The content of a call is
    for those who took part in it and for the group “Notes and Recordings”. Where one of
    these registered the call, it is also for whoever may read that record. A colleague
    of the team sees the call without its content, and gains nothing by registering it.
    """

    _name = "telephony.call"
    _inherit = ["telephony.home.mixin"]
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
    facts = fields.Json(
        groups=NO_ACCESS,
        help="What a source that sends calls in parts reported: see engine/parts.py.",
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
    parking_space = fields.Char(
        readonly=True, help="Where the other party is parked, as 701."
    )
    parking_date = fields.Datetime(
        string="Parked Since",
        readonly=True,
        help="Since when the other party is parked.",
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
        readonly=True, help="The listener did not see a part of this call."
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
    is_team_call = fields.Boolean(
        string="My Team's Call",
        compute="_compute_is_team_call",
        search="_search_is_team_call",
        help="A member of one of your sales teams was rung or talked.",
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

    # What is to be done
    is_missed = fields.Boolean(
        string="Missed",
        compute="_compute_is_missed",
        store=True,
        help="An incoming call that nobody answered, whatever the phones said and "
        "whoever hung up: the outcome may be busy or declined.",
    )
    is_handled = fields.Boolean(
        string="Done",
        readonly=True,
        help="This missed call was handled.",
    )
    to_call_back = fields.Boolean(
        compute="_compute_to_call_back",
        store=True,
        help="A missed call whose caller nobody talked to since, and that nobody "
        "registered or marked as done.",
    )
    followup_id = fields.Many2one(
        "telephony.followup",
        string="Follow-up",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_followup_due = fields.Boolean(
        readonly=True,
        groups=NO_ACCESS,
        help="Something happened to the call that may settle its follow-up.",
    )
    is_blocked = fields.Boolean(string="Blocked Caller", compute="_compute_is_blocked")

    # What it belongs to
    # The raw links: a many2one would show its name even to those who may not read it.
    partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    res_model = fields.Char(groups=NO_ACCESS)
    res_id = fields.Many2oneReference(model_field="res_model", groups=NO_ACCESS)

    # The same, as far as the current user may read them.
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        search="_search_contact_id",
    )
    object_ref = fields.Reference(
        selection="_selection_object_model",
        string="Customer",
        compute="_compute_object_ref",
    )
    disposition_id = fields.Many2one(
        "telephony.disposition",
        string="Result",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_registered = fields.Boolean(
        string="Registered",
        readonly=True,
        help="Somebody saved this call's page.",
    )
    registered_user_id = fields.Many2one(
        "res.users",
        string="Registered by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who saved this call's page last.",
    )
    registration_revision = fields.Integer(
        groups=NO_ACCESS, help="How often the call was registered."
    )
    is_timeline_due = fields.Boolean(
        groups=NO_ACCESS,
        help="The call has ended, and may get a line in the chatter of its record.",
    )
    message_id = fields.Many2one(
        "mail.message",
        string="Message in the Chatter",
        groups=NO_ACCESS,
        ondelete="set null",
        index="btree_not_null",
    )
    is_owner_told = fields.Boolean(groups=NO_ACCESS)

    # What was said
    stored_note = fields.Html(groups=NO_ACCESS, sanitize_style=True)
    note = fields.Html(
        compute="_compute_note",
        sanitize_style=True,
        help="Empty for users who may see the call but not its content.",
    )
    is_content_shared = fields.Boolean(
        groups=NO_ACCESS,
        help="Who registered the call had access to its content, and by that gave it "
        "to the readers of the record.",
    )
    is_anonymized = fields.Boolean(string="Anonymized", readonly=True)
    number_search = fields.Char(
        string="Other Party's Number",
        store=False,
        search="_search_number_search",
        help="Finds calls by the other party's number, in whatever form it is typed.",
    )

    _uniqueid_pbx_uniq = models.Constraint(
        "UNIQUE(pbx_id, uniqueid)",
        "A call is logged only once.",
    )
    _ended_outcome_check = models.Constraint(
        "CHECK(state != 'ended' OR outcome IS NOT NULL)",
        "A call that has ended must have an outcome.",
    )
    _object_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _to_call_back_idx = models.Index("(start_date) WHERE to_call_back")
    _followup_due_idx = models.Index("(id) WHERE is_followup_due IS TRUE")
    _to_follow_up_idx = models.Index(
        "(start_date, id) WHERE to_call_back IS TRUE AND followup_id IS NULL"
    )
    _timeline_due_idx = models.Index("(end_date) WHERE is_timeline_due")
    _to_anonymize_idx = models.Index("(start_date) WHERE is_anonymized IS NOT TRUE")
    _unlinked_number_idx = models.Index(
        f"(right(number, {SUFFIX_LENGTH})) WHERE res_id IS NULL AND number IS NOT NULL"
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
            call.duration = count_seconds(call.answer_date, call.end_date)
            call.ring_duration = count_seconds(
                call.start_date, call.answer_date or call.end_date
            )

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

    @api.depends("number", "company_id")
    def _compute_is_blocked(self):
        for call in self:
            call.is_blocked = bool(call._get_block())

    @api.depends("user_ids")
    @api.depends_context("uid")
    def _compute_is_team_call(self):
        colleagues = self.env.user._get_telephony_team()
        # sudo - telephony.call: the record rules themselves ask for this
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            call.is_team_call = bool(call_sudo.user_ids & colleagues)

    def _search_is_team_call(self, operator, value):
        # Rules hold this field, not the colleagues: a rule's domain is cached, and
        # whoever changes teams would be seen by the old ones until a restart.
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return Domain("user_ids", "in", self.env.user._get_telephony_team().ids)

    @api.model
    def _selection_object_model(self):
        # Asked for each call that is shown: by what is cached of the models.
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in self._get_object_models()
        ]

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_contact_id(self):
        # sudo - telephony.call: the raw links; where they lead is checked for the user
        calls_sudo = self.sudo()
        readable = _filter_readable(calls_sudo.partner_id.with_env(self.env))
        for call, call_sudo in zip(self, calls_sudo, strict=True):
            call.contact_id = call_sudo.partner_id.with_env(self.env) & readable

    def _search_contact_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The partners are looked up as the user, the calls that lead there as sudo:
        # the raw link is out of the user's reach.
        ids = [v for v in value if v]
        partners = self.env["res.partner"].search([("id", "in", ids)])
        calls = self.sudo()._search([("partner_id", "in", partners.ids)])
        return [("id", "in", calls)]

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_object_ref(self):
        links = self._get_readable_links()
        # sudo - telephony.call: the raw links; where they lead is checked for the user
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            link = call_sudo.res_model, call_sudo.res_id
            call.object_ref = "{},{}".format(*link) if link in links else False

    @api.depends(
        "stored_note",
        "user_ids",
        "leg_ids.answer_date",
        "is_registered",
        "is_content_shared",
        "registered_user_id",
        "res_model",
        "res_id",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_note(self):
        readable = self._filtered_content_access()
        # sudo - telephony.call: the raw note, for those who may read it
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            # Whoever saved last without access to the content wrote the note alone.
            is_own = call_sudo.registered_user_id == self.env.user
            call.note = call_sudo.stored_note if is_own or call in readable else False

    @api.model
    def _search_number_search(self, operator, value):
        return self.env["telephony.number"]._get_domain("number", operator, value)

    # === CRUD METHODS === #

    def unlink(self):
        # What is deleted is deleted: also where the chatter repeats it.
        # sudo - mail.message: whoever may delete the call may delete its message
        self.env["telephony.timeline"]._remove(self.sudo())
        # sudo - telephony.followup: it has the number, and nothing is left to do
        followups_sudo = self.sudo().followup_id
        result = super().unlink()
        followups_sudo.exists().filtered(lambda each: not each.call_ids).unlink()
        return result

    # === WHO TALKS WITH WHOM, AS SEEN BY THE CURRENT USER === #

    def _get_number_text(self):
        """Return the other party's number as people write it; of an internal call, the
        number of the party that the current user is not."""
        self.ensure_one()
        if self.is_anonymized:
            return self.env._("Anonymized")
        if self.withheld:
            return self.env._("Number withheld")
        number = self._get_other_number()
        if not number:
            return self.env._("Unknown number")
        return self.env["telephony.number"]._format(number, self.pbx_id)

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

    def _get_party_text(self, field):
        """Return a number as people write it, ``False`` where it is not known.

        :param str field: ``dialed_number`` or ``diverted_from``
        """
        self.ensure_one()
        if not self[field]:
            return False
        return self.env["telephony.number"]._format(self[field], self.pbx_id)

    def _get_title(self, party=None):
        """Return the heading of the call's page, as “Incoming call: +33 6 12 …”.

        :param str party: who is named, by default the other party as the call knows it
        """
        self.ensure_one()
        party = party or self._get_party_name()
        if self.direction == "outbound":
            return self.env._("Outgoing call: %(number)s", number=party)
        if self.direction == "internal":
            return self.env._("Internal call: %(number)s", number=party)
        return self.env._("Incoming call: %(number)s", number=party)

    def _get_outcome_text(self):
        """Return how the call went in words, as “Missed · Busy”.

        :return: "" where nobody reported
        """
        self.ensure_one()
        if self.outcome == "unknown":
            return ""
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        text = outcomes.get(self.outcome) or ""
        if self.is_missed and self.outcome != "missed":
            return f"{outcomes['missed']} · {text}"
        return text

    def _get_voicemail_text(self):
        """Return that a message was left, and how long it is where that is known."""
        self.ensure_one()
        if not self.voicemail_duration:
            return self.env._("Voicemail left")
        return self.env._(
            "Voicemail left, %(seconds)s s", seconds=self.voicemail_duration
        )

    # === WHOSE PHONES === #

    def _get_legs(self, user):
        return self.leg_ids.filtered(lambda leg: leg.user_id == user)

    def _is_incoming_for(self, user):
        """Say whether the call comes in for the user, who does not make it."""
        if self.direction == "internal":
            return not self._is_caller(user)
        return self.direction == "inbound"

    def _get_leg_state(self, user):
        """Return the state of the user's own part in the call.

        ``ringing``, ``ongoing`` or ``ended``; a user with several phones talks on one
        while the others are silent.
        """
        states = set(self._get_legs(user).mapped("state"))
        if not states:
            is_own = self.user_id == user or (
                not self.leg_ids and self._is_caller(user)
            )
            return self.state if is_own else "ended"
        return next(s for s in ("ongoing", "ringing", "ended") if s in states)

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

    # === WHO MAY SEE WHAT === #

    def _get_readable_links(self):
        """Return the calls' links to records that the current user may read.

        :rtype: set[tuple[str, int]]
        """
        # sudo - telephony.call: the raw links; where they lead is checked for the user
        return {
            (model, id_)
            for model, calls in self.sudo().grouped("res_model").items()
            if model in self.env
            for id_ in _filter_readable(
                self.env[model].browse([call.res_id for call in calls if call.res_id])
            ).ids
        }

    def _filtered_content_access(self):
        """Return those of the calls whose content the current user may read."""
        if self.env.su:
            return self
        # sudo - telephony.call: who took part, and where a call is registered. Also
        # asked of calls that the user may not read, for the readers of their record.
        calls_sudo = self.sudo()
        user = self.env.user
        taken_part = calls_sudo.filtered(lambda call: call._has_part(user))
        shared = (calls_sudo - taken_part).filtered(
            lambda call: call.is_registered and call.is_content_shared
        )
        links = shared.sudo(False)._get_readable_links()
        readable = shared.filtered(lambda call: (call.res_model, call.res_id) in links)
        allowed = self & (taken_part | readable)
        if user.has_group(CONTENT):
            allowed |= (self - allowed)._filtered_access("read")
        return allowed

    def _has_part(self, user):
        """Say whether the user talked, or the telephone system rang them.

        Somebody who was rung only after the answer got the call by a transfer. That is
        a colleague's choice, which opens the content no sooner than they talk.
        """
        self.ensure_one()
        if user not in self.user_ids:
            return False
        legs = self._get_legs(user)
        # Not every source reports legs.
        return not legs or any(
            leg.answer_date
            or leg.state == "ongoing"
            or not self.answer_date
            or not leg.start_date
            or leg.start_date <= self.answer_date
            for leg in legs
        )

    def _has_recording(self):
        """Say whether something of the call can be heard, or will be.

        For an addon that keeps recordings, override and call super.
        """
        self.ensure_one()
        # sudo - telephony.call: whether there is a message, not what is said in it
        return self.sudo().voicemail

    # === REGISTRATION === #

    @takes(record_model=str, record_id=int, note=str, disposition=int, revision=int)
    def register(
        self,
        record_model,
        record_id,
        note=False,
        disposition=None,
        revision=None,
    ):
        """Save what a user says of the call, and put it in the record's chatter.

        :param str record_model: name of the model that the call is registered on
        :param int record_id: the record's id
        :param str note: HTML, sanitized when stored; an empty one replaces none
        :param int disposition: id of the `telephony.disposition` that it ended with,
            ``False`` for none, ``None`` to leave it as it is
        :param int revision: the registration that the user saw before, see
            ``_check_revision``; ``None``: whichever is stored
        :raise AccessError: where the user may not read the call, the record, or the
            content that would be replaced, or where the call is registered on a record
            that the user may not write
        :raise UserError: where calls can't be registered on such a record, or somebody
            saved the call meanwhile
        """
        self.ensure_one()
        self.check_access("read")
        if record_model not in self._get_object_models():
            raise UserError(
                self.env._("Calls can't be registered on this kind of record.")
            )
        record = self.env[record_model].browse(record_id or 0)
        if not record:
            raise UserError(self.env._("On which record is the call registered?"))
        record.check_access("read")
        self._check_revision(revision)
        self._check_registrable()
        self._check_movable(record)
        is_shared = bool(self._filtered_content_access())
        self._set_object(record)
        # sudo - telephony.call: users write notes through this checked method alone
        call_sudo = self.sudo()
        old_note = call_sudo.stored_note
        values = {
            "is_registered": True,
            "is_content_shared": is_shared,
            "registered_user_id": self.env.uid,
            "registration_revision": call_sudo.registration_revision + 1,
        }
        if not is_html_empty(note):
            values["stored_note"] = note
        if disposition is not None:
            values["disposition_id"] = disposition
        call_sudo.write(values)
        self.env["telephony.timeline"]._update(self, post=True)
        if call_sudo.stored_note != old_note:
            call_sudo.message_id.author_id = self.env.user.partner_id
        call_sudo._notify_users()
        self._review_followup()

    def _check_revision(self, revision):
        """Make sure that the call was not saved after the user looked at it.

        :param int revision: of the registration that the user saw, 0 for none; ``None``
            is not checked
        :raise UserError: somebody saved the call meanwhile
        """
        # sudo - telephony.call: whether and by whom it was saved, not what was said
        call_sudo = self.sudo()
        if revision is None or revision == call_sudo.registration_revision:
            return
        raise UserError(
            self.env._(
                "%(name)s saved this call meanwhile, so nothing of yours was stored. "
                "Look at what was saved, then add to it.",
                name=call_sudo.registered_user_id.name or self.env._("Somebody"),
            )
        )

    def _check_registrable(self):
        """Refuse a registration that would open or replace hidden content.

        :raise AccessError: the user may not read the call's content, and there is some,
            or somebody else registered the call
        """
        self.ensure_one()
        if self._filtered_content_access():
            return
        # sudo - telephony.call: who registered it, not what they said
        call_sudo = self.sudo()
        is_own = call_sudo.registered_user_id == self.env.user
        if not is_own and (call_sudo.is_registered or call_sudo.stored_note):
            raise AccessError(
                self.env._(
                    "A colleague registered this call, and you are not allowed to "
                    "read its content. Users who took part in the call can change it."
                )
            )
        if self._has_recording():
            raise AccessError(
                self.env._(
                    "You may not hear what was said in this call. Those who took part "
                    "in it can register it."
                )
            )

    def _check_movable(self, record):
        """Make sure that the user may take the call away from where it is registered.

        :param record: where it is to be registered instead
        :raise AccessError: the call is registered on a record that the user may not
            write, by somebody else, or may not read
        """
        old = self._get_object()
        if not self.is_registered or old is None or old == record:
            return
        is_own = self.registered_user_id == self.env.user
        if not old.has_access("read" if is_own else "write"):
            raise AccessError(
                self.env._(
                    "This call is registered on a record that you may not change. "
                    "Please ask whoever registered it to register it elsewhere."
                )
            )

    # === THE PAGE === #

    @takes(start=str)
    def action_open_page(self, start=False):
        """Open the call's registration page, or the list of the records to choose from.

        :param str start: what to begin with, see `telephony.registration`
        :return: an action
        """
        self.ensure_one()
        return self.env["telephony.registration"].open_for_call(self.id, start)

    # === MISSED CALLS === #

    def action_set_handled(self):
        """Take missed calls off the list of those to call back, for everyone rung."""
        self.check_access("read")
        # sudo - telephony.call: whoever was rung may say that a missed call is done
        self.sudo().is_handled = True
        self.sudo()._notify_users()
        self._review_followup()

    def _review_followup(self):
        """Have the scheduled action look at the follow-ups of these calls."""
        # sudo - telephony.call: who follows a call up is no matter of who settles it
        followed_sudo = self.sudo().filtered(
            lambda call: call.followup_id.state == "open"
        )
        if followed_sudo:
            followed_sudo.is_followup_due = True
            self.env["telephony.followup"]._wake()

    def _get_block(self):
        """Return the entry that blocks the call's caller, if there is one."""
        blocked = self.env["telephony.blocked.number"]
        if self.direction != "inbound":
            return blocked
        return blocked._find(self.number, self.company_id)

    def action_block_caller(self):
        """Block the caller, whom users with the right to do so want to hear no more.

        :raise UserError: where there is no number to block
        """
        self.ensure_one()
        if self.direction != "inbound" or not self.number:
            raise UserError(self.env._("There is no caller's number to block."))
        self.env["telephony.blocked.number"]._block(self)
        return True


def _filter_readable(records):
    """Return those of the records that exist and their environment's user may read."""
    return records.exists()._filtered_access("read")
