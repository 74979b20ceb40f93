import uuid
from datetime import UTC, datetime, time, timedelta

import phonenumbers
from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import clean_context, format_date, is_html_empty, mute_logger

from ..engine.pbx_text import plain_text
from ..models.telephony_call import OUTCOMES, STATES
from ..models.telephony_number import Matches
from ..models.telephony_pbx import NEW_KINDS
from ..tools.parameters import read_id, takes

# Longer ids are none of a telephone system's.
MAX_REF = 128
# What a page shows of its call as it stands there.
CALL_FACTS = (
    "state",
    "outcome",
    "start_date",
    "duration",
    "queue",
    "handled_by_id",
    "rung_user_ids",
    "withheld",
)


class TelephonyRegistration(models.TransientModel):
    """The page of a call, as one user fills it in.

    A draft: it lives on the server from the moment the page opens, so that a reload or
    a second call loses nothing, and touches neither the call nor any other record
    before Save. One a user and call.
    """

    _name = "telephony.registration"
    _inherit = ["telephony.checked.mixin"]
    _description = "Registration of a Call"
    _rec_name = "title"
    # A week: an agent may come back to a page after the weekend.
    _transient_max_hours = 7 * 24

    call_id = fields.Many2one("telephony.call", ondelete="cascade", readonly=True)
    # What a URL says of a call that the log does not know
    ref = fields.Char(readonly=True, index=True)
    pbx_id = fields.Many2one("telephony.pbx", ondelete="cascade", readonly=True)
    url_direction = fields.Char(readonly=True)
    url_number = fields.Char(readonly=True)
    url_dialed_number = fields.Char(readonly=True)
    url_name = fields.Char(readonly=True)

    # The call's data, as far as the user may read the call
    title = fields.Char(compute="_compute_call")
    number = fields.Char(compute="_compute_call")
    number_display = fields.Char(string="Phone Number", compute="_compute_call")
    state = fields.Selection(STATES, compute="_compute_call")
    outcome = fields.Selection(OUTCOMES, compute="_compute_call")
    start_date = fields.Datetime(compute="_compute_call")
    duration = fields.Integer(string="Talk Time", compute="_compute_call")
    queue = fields.Char(compute="_compute_call")
    handled_by_id = fields.Many2one(
        "res.users", string="Handled by", compute="_compute_call"
    )
    rung_user_ids = fields.Many2many(
        "res.users", string="Rung", compute="_compute_call"
    )
    caller_name = fields.Char(compute="_compute_call")
    dialed_number = fields.Char(compute="_compute_call", string="Number Called")
    diverted_from = fields.Char(compute="_compute_call")
    withheld = fields.Boolean(string="Number Withheld", compute="_compute_call")
    is_saved = fields.Boolean(string="Registered", compute="_compute_call")

    # What others did with the call since the page was opened
    seen_revision = fields.Integer(
        readonly=True,
        help="The registration of the call that the page was filled in with.",
    )
    is_taken_over = fields.Boolean(
        readonly=True, help="The user registers a call that somebody else answered."
    )
    is_taken = fields.Boolean(compute="_compute_taken")
    is_outdated = fields.Boolean(compute="_compute_taken")
    taken_text = fields.Char(compute="_compute_taken")

    # The object
    object_ref = fields.Reference(
        selection=lambda self: self.env["telephony.call"]._selection_object_model(),
        string="Customer",
    )
    save_number = fields.Boolean(string="Save Phone Number")
    offers_save_number = fields.Boolean(compute="_compute_save_number_text")
    save_number_text = fields.Char(compute="_compute_save_number_text")
    is_hidden = fields.Boolean(
        readonly=True,
        help="Only records that the user may not read have the number.",
    )
    match_ids = fields.One2many("telephony.registration.match", "registration_id")

    # Who that is, first on the page
    customer_name = fields.Char(string="Name", compute="_compute_customer")
    customer_company = fields.Char(
        string="Company of the Customer", compute="_compute_customer"
    )
    customer_since = fields.Char(compute="_compute_customer")
    customer_image_url = fields.Char(compute="_compute_customer")

    # A new object, prepared and created by Save
    can_create = fields.Boolean(compute="_compute_can_create")
    create_new = fields.Boolean()
    new_kind = fields.Selection(NEW_KINDS, string="New", default="lead")
    new_subject = fields.Char(string="Subject")
    default_subject = fields.Char(compute="_compute_default_subject")
    new_contact_name = fields.Char(string="Contact Name")
    new_company_name = fields.Char(string="Company Name")
    new_company_id = fields.Many2one(
        "res.partner", string="Company", domain="[('is_company', '=', True)]"
    )
    new_phone = fields.Char(string="Phone")
    new_email = fields.Char(string="Email")
    new_country_id = fields.Many2one("res.country", string="Country")

    # What is said of the call
    note = fields.Html(sanitize_style=True)
    disposition_id = fields.Many2one("telephony.disposition", string="Result")
    next_activity_type_id = fields.Many2one("mail.activity.type", string="Next Step")
    next_activity_date = fields.Date(string="Due")
    next_activity_summary = fields.Char(string="To Do")

    _call_user_uniq = models.UniqueIndex("(call_id, create_uid) WHERE ref IS NULL")
    _ref_user_uniq = models.UniqueIndex("(ref, pbx_id, create_uid)")

    # === COMPUTE METHODS === #

    @api.depends(
        "call_id.display_name",
        "call_id.dialed_number",
        "call_id.diverted_from",
        "call_id.is_registered",
        *(f"call_id.{name}" for name in CALL_FACTS),
        "url_number",
        "url_direction",
        "url_dialed_number",
        "url_name",
        "pbx_id",
    )
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_call(self):
        for page in self:
            known = page._get_readable_call()
            for name in CALL_FACTS:
                page[name] = known[name]
            page.is_saved = known.is_registered
            call = known or page._make_url_call()
            page.title = call._get_title()
            page.number = call._get_other_number()
            page.caller_name = call._get_sent_name()
            page.number_display = call._get_number_text()
            page.diverted_from = call._get_party_text("diverted_from")
            page.dialed_number = call._get_party_text("dialed_number")

    @api.depends(
        "call_id.handled_by_id",
        "call_id.registration_revision",
        "call_id.rung_user_ids",
        "is_taken_over",
        "seen_revision",
    )
    @api.depends_context("uid")
    def _compute_taken(self):
        for page in self:
            # sudo - telephony.call: who answered or saved it, for those who may read it
            call_sudo = page._get_readable_call().sudo()
            answerer = call_sudo.handled_by_id
            page.is_outdated = call_sudo.registration_revision != page.seen_revision
            page.is_taken = page.is_outdated or bool(
                not page.is_taken_over
                and answerer
                and answerer != self.env.user
                and self.env.user in call_sudo.rung_user_ids
            )
            if page.is_outdated:
                page.taken_text = self.env._(
                    "%(name)s saved this call.",
                    name=call_sudo.registered_user_id.name or self.env._("Somebody"),
                )
            elif page.is_taken:
                page.taken_text = self.env._(
                    "%(name)s answered this call.", name=answerer.name
                )
            else:
                page.taken_text = False

    @api.depends("title", "new_contact_name", "new_company_name")
    @api.depends_context("uid", "lang")
    def _compute_default_subject(self):
        """Name a lead by who called, by the number only where nobody is named."""
        for page in self:
            names = filter(None, [page.new_contact_name, page.new_company_name])
            call = page._get_readable_call() or page._make_url_call()
            page.default_subject = call._get_title(", ".join(names))

    def _get_readable_call(self):
        """Return the page's call where the current user may (still) read it."""
        self.ensure_one()
        return self.call_id._filtered_access("read")

    @api.depends("object_ref")
    @api.depends_context("uid", "allowed_company_ids", "lang", "tz")
    def _compute_customer(self):
        known = self.env["telephony.customer"]
        for page in self:
            # Rights may have changed since the customer was chosen.
            record = page.object_ref and page.object_ref._filtered_access("read")
            page.update(known._get_header(record))

    @api.depends_context("uid")
    def _compute_can_create(self):
        self.can_create = bool(self._get_creatable_kinds())

    @api.depends("object_ref", "number")
    @api.depends_context("uid", "lang")
    def _compute_save_number_text(self):
        for page in self:
            page.offers_save_number = False
            page.save_number_text = False
            if not page.object_ref or not page.number or page._has_number():
                continue
            place = page._get_number_place()
            page.offers_save_number = bool(place)
            if not place:
                page.save_number_text = page._get_no_place_text()
            elif place == "telephony_phone_ids":
                page.save_number_text = self.env._("Added to the other phone numbers")
            else:
                page.save_number_text = self.env._("Saved as the phone number")

    def _has_number(self):
        """Say whether the chosen record has the call's number already."""
        return self.env["telephony.number"]._has_number(
            self.object_ref, self.number, self.pbx_id
        )

    def _get_number_place(self):
        """Return the field of the chosen record that takes one more number.

        :return: an empty phone field, that of other phone numbers, or ``False`` where
            the record has a number and its model no others
        """
        record = self.object_ref
        for name in record._telephony_number_fields():
            field = record._fields.get(name)
            if field and field.type == "char" and not field.readonly:
                if not record[name]:
                    return name
                break
        return "telephony_phone_ids" in record._fields and "telephony_phone_ids"

    def _get_no_place_text(self):
        return self.env._(
            "%(name)s already has a phone number and cannot have another one.",
            name=self.object_ref.display_name,
        )

    # === OPENING === #

    @api.model
    @takes(call_id=int, start=str)
    def open_for_call(self, call_id, start=False):
        """Open the current user's page of a call; it opens no more by itself then.

        :param int call_id: a call that the user may read
        :param str start: what to begin with where nothing is chosen yet: a kind of new
            record, or ``existing`` for a record that gets the number
        :return: an action: the page, or the list of the records to choose from
        """
        call = self.env["telephony.call"].browse(call_id or 0)
        if not call:
            raise UserError(self.env._("This call does not exist."))
        call.check_access("read")
        # sudo - telephony.call.pop: users see no rows, the claim is all there is to it
        self.env["telephony.call.pop"].sudo()._claim(call, self.env.user)
        page = self._find_or_create_own(call)
        if start:
            page._begin_with(start)
        return page._get_action()

    @api.model
    @takes(parameters=dict)
    def open_from_url(self, parameters):
        """Open the page that a URL asks for: a known call's, or one by number alone.

        :param dict parameters: ``call`` (id of a `telephony.call`); or ``number``,
            ``direction``, ``name`` and ``dialed``, with the telephone system's own
            ``uniqueid`` or a ``ref`` that stands for the call, and ``pbx`` (id) where
            there are several telephone systems
        :return: an action, as ``open_for_call``
        :raise UserError: where the telephone system is not there, or none is
        """
        parameters = parameters or {}
        if call_id := read_id(parameters.get("call")):
            return self.open_for_call(call_id)
        pbx = self._get_url_pbx(parameters.get("pbx"))
        ref = parameters.get("uniqueid") or parameters.get("ref") or uuid.uuid4()
        ref = plain_text(str(ref))[:MAX_REF]
        page = self._find_own([("ref", "=", ref), ("pbx_id", "=", pbx.id)])
        call = page.call_id or self._find_url_call(pbx, ref)
        if call:
            if page and not self._find_own([("call_id", "=", call.id)]):
                page.call_id = call
            return self.open_for_call(call.id)
        if not page:
            direction = parameters.get("direction")
            page = self._create_own(
                {
                    "ref": ref,
                    "pbx_id": pbx.id,
                    "url_direction": (
                        "outbound" if direction == "outbound" else "inbound"
                    ),
                    "url_number": plain_text(str(parameters.get("number") or "")),
                    "url_dialed_number": plain_text(
                        str(parameters.get("dialed") or "")
                    ),
                    "url_name": plain_text(str(parameters.get("name") or "")),
                }
            )
        return page._get_action()

    @api.model
    def _find_own(self, domain):
        """Return the current user's page that a domain means, if there is one."""
        return self.search([*domain, ("create_uid", "=", self.env.uid)], limit=1)

    @api.model
    def _find_or_create_own(self, call):
        """Return the current user's page of a call."""
        return self._find_own([("call_id", "=", call.id)]) or self._create_own(
            {"call_id": call.id, "pbx_id": call.pbx_id.id}
        )

    @api.model
    def _create_own(self, values):
        """Create a page for the current user and fill it in.

        :raise ConcurrencyError: where another tab is opening it now; Odoo tries the
            request again and finds the page
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # sudo - telephony.registration: the callers checked what they give,
                # and one's own telephone system may be in another company
                page_sudo = self.sudo().with_context(clean_context(self.env.context))
                page = page_sudo.create(values).with_env(self.env)
        except UniqueViolation as error:
            raise ConcurrencyError("the page is being opened") from error
        page._prefill()
        return page

    @api.model
    def _find_url_call(self, pbx, ref):
        """Return the call of a URL, where the log knows it and the user may see it.

        A softphone's ids are its own: two users' may be the same. What one of them
        registers by URL is therefore found by that user alone.
        """
        return self.env["telephony.call"].search(
            [
                ("pbx_id", "=", pbx.id),
                ("uniqueid", "in", [ref, self._get_url_uniqueid(ref)]),
            ],
            limit=1,
        )

    @api.model
    def _get_url_uniqueid(self, ref):
        """Return the unique id of a call that the current user knows by a URL."""
        return f"url-{self.env.uid}-{ref}"

    @api.model
    def _get_url_pbx(self, pbx_id):
        """Return the telephone system that a URL means, else the user's own one.

        :raise UserError: where the URL means one that is not the user's, or none is
            set up
        """
        pbxs = self.env["telephony.pbx"]
        if pbx_id:
            pbx = pbxs.browse(read_id(pbx_id))
            if not pbx.exists() or not pbx.has_access("read"):
                raise UserError(
                    self.env._(
                        "The address names a telephone system that is not there, or "
                        "that belongs to a company which is not active in the list at "
                        "the top."
                    )
                )
            return pbx
        # sudo - telephony.extension: one's own, in whatever company it is
        extension_sudo = self.env.user.sudo().telephony_extension_ids[:1]
        pbx = extension_sudo.pbx_id.sudo(False) or pbxs.search([], limit=1)
        if not pbx:
            raise UserError(self.env._("No telephone system is set up yet."))
        return pbx

    def _get_url_direction(self):
        """Return the direction that the URL tells; clients can write the field."""
        return "outbound" if self.url_direction == "outbound" else "inbound"

    def _make_url_call(self):
        """Return an unsaved call: what the page's URL tells of it."""
        pbx = self.pbx_id._filtered_access("read")
        reading = self.env["telephony.number"]._read(self.url_number or "", pbx)
        values = {
            "pbx_id": pbx.id,
            "direction": self._get_url_direction(),
            "number": reading.e164 or reading.text or False,
            "withheld": reading.kind == "withheld",
            "dialed_number": self.url_dialed_number,
            "caller_name": self.url_name,
        }
        return self.env["telephony.call"].new(values)

    def _prefill(self):
        """Fill the page in, as far as the call and the index tell."""
        self.ensure_one()
        call = self.call_id
        target = call._get_visible_object() if call else None
        self._load_saved()
        if target is not None:
            self.object_ref = f"{target._name},{target.id}"
            return
        found = self._find_matches()
        exact = [match for match in found if match.exact]
        record = found.caller
        if record is not None:
            self.object_ref = f"{record._name},{record.id}"
            return
        self.env["telephony.registration.match"]._add(self, found)
        self.is_hidden = not exact and self._is_known_elsewhere()
        if not exact and not self.is_hidden:
            self._prefill_new(found)

    def _load_saved(self):
        """Fill in what was said of the call, as far as the user may know it."""
        self.note = self.call_id.note
        self.disposition_id = self.call_id.disposition_id
        # sudo - telephony.call: whether it was saved, not what was said
        self.seen_revision = self.call_id.sudo().registration_revision

    def _find_matches(self):
        if self.withheld or not self.number or self.call_id.direction == "internal":
            return Matches()
        return self.env["telephony.number"].match(self.number, self.pbx_id)

    def _is_known_elsewhere(self):
        return (self.call_id or self._make_url_call())._is_known_elsewhere()

    @api.model
    def _get_creatable_kinds(self):
        """Return the kinds of records that the current user may create."""
        return [
            kind
            for kind, _label in NEW_KINDS
            if self.env["crm.lead" if kind == "lead" else "res.partner"].has_access(
                "create"
            )
        ]

    def _prefill_new(self, found=()):
        """Prepare the new record of an unknown caller, as far as the call tells.

        :param found: the matches that are merely probable: a company among them, whose
            number ends alike, is probably the caller's
        """
        kinds = self._get_creatable_kinds()
        if not kinds or self.call_id.direction == "internal":
            return
        wanted = self.env.user._get_telephony_setting("unknown_caller", self.pbx_id)
        companies = [
            match.record
            for match in found
            if match.record._name == "res.partner" and match.record.is_company
        ]
        company = companies[0] if len(companies) == 1 else self.env["res.partner"]
        self.write(
            {
                "create_new": True,
                "new_kind": wanted if wanted in kinds else kinds[0],
                "new_contact_name": self.caller_name,
                "new_company_id": company.id,
                "new_company_name": company.name,
                "new_phone": self.number_display if self.number else False,
                "new_country_id": self._get_number_country().id,
            }
        )

    def _begin_with(self, start):
        """Prepare what the user said on the card: see ``open_for_call``."""
        if self.object_ref or self.is_saved:
            return
        if start == "existing":
            self.write({"create_new": False, "save_number": True})
        elif start in self._get_creatable_kinds():
            if not self.create_new:
                self._prefill_new()
            self.new_kind = start

    def _get_number_country(self):
        """Return the country that the call's number belongs to, by its prefix."""
        try:
            region = phonenumbers.region_code_for_number(
                phonenumbers.parse(self.number or "")
            )
        except phonenumbers.NumberParseException:
            region = False
        return self.env["res.country"].search([("code", "=", region or "-")], limit=1)

    # === ACTIONS === #

    def _get_action(self):
        """Return what a user sees first: the page, or the choice among several."""
        self.ensure_one()
        exact = self.match_ids.filtered("exact")
        if len(exact) > 1 and not self.object_ref and not self.is_saved:
            return self._get_choice()
        return self._get_page()

    def _get_page(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_connector.action_telephony_registration"
        )
        return {**action, "res_id": self.id, "display_name": self.title}

    def _get_choice(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_connector.action_telephony_registration_match"
        )
        return {
            **action,
            "display_name": self.title,
            "context": {"active_id": self.id, "active_model": self._name},
        }

    def action_choose_other(self):
        """Go back to the choice among the records with the number."""
        self.object_ref = False
        return self._get_choice()

    def action_new(self):
        """Prepare a new record instead of the one that was chosen."""
        self.object_ref = False
        self._prefill_new()

    def action_next_call(self):
        """Plan to call back."""
        self._plan("mail.mail_activity_data_call")

    def action_next_meeting(self):
        """Plan a meeting."""
        self._plan("mail.mail_activity_data_meeting")

    def action_next_email(self):
        """Plan to write an e-mail."""
        self._plan("mail.mail_activity_data_email")

    def _plan(self, activity_xmlid):
        """Set the next step, due on the next working day; Save makes an activity."""
        self.ensure_one()
        activity_type = self.env.ref(activity_xmlid)
        calendar = self.env.company.resource_calendar_id
        day = fields.Date.context_today(self) + timedelta(days=1)
        if calendar:
            start = datetime.combine(day, time.min).replace(tzinfo=UTC)
            day = (calendar.plan_days(1, start, compute_leaves=True) or start).date()
        self.next_activity_type_id = activity_type
        self.next_activity_date = self.next_activity_date or day

    def action_save(self):
        """Register the call, and create the record where a new one was prepared.

        Saving again changes what was saved: nothing is created twice.

        :return: an action that tells what was done
        :raise UserError: where nothing was chosen that the call could be registered on
        """
        self.ensure_one()
        self._check_not_taken()
        if not self.object_ref and self.create_new:
            record = self._create_object()
            self.object_ref = f"{record._name},{record.id}"
            self.create_new = False
        record = self.object_ref
        if not record:
            raise UserError(
                self.env._("Please choose the customer that the call belongs to.")
            )
        if self.save_number:
            self._save_number(record)
        if not self.call_id:
            # The telephone system may have told of the call meanwhile.
            self.call_id = (
                self._find_url_call(self.pbx_id, self.ref) or self._create_call()
            )
        self.call_id.register(
            record._name,
            record.id,
            note=self.note,
            disposition=self.disposition_id.id,
            revision=self.seen_revision,
        )
        # sudo - telephony.call: as above
        self.seen_revision = self.call_id.sudo().registration_revision
        message = self.env._(
            "The call is registered on %(name)s.", name=record.display_name
        )
        if self.next_activity_type_id:
            planned = self.env._(
                "Planned: %(activity)s for %(date)s.",
                activity=self.next_activity_summary or self.next_activity_type_id.name,
                date=format_date(self.env, self.next_activity_date),
            )
            message = f"{message} {planned}"
            self._schedule(record)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_not_taken(self):
        """Make sure that nobody else's work is in the way, before anything is created.

        :raise UserError: somebody else saved the call since the page was opened, or
            answered it
        """
        self.call_id._check_revision(self.seen_revision)
        if self.is_taken:
            raise UserError(
                self.env._(
                    "%(text)s Choose “Register It Anyway” to go on.",
                    text=self.taken_text,
                )
            )

    def action_take_over(self):
        """Register a call that somebody else answered."""
        self.is_taken_over = True

    def action_load_saved(self):
        """Show what somebody else saved; a note that was begun is kept below it.

        :raise UserError: where no call is known by now
        """
        self.ensure_one()
        if not self.call_id:
            raise UserError(self.env._("This page belongs to no call."))
        begun = self.note
        self._load_saved()
        if not is_html_empty(begun) and begun != self.note:
            self.note = Markup("%s%s") % (self.note or "", begun)
        target = self.call_id._get_visible_object()
        self.write(
            {
                "object_ref": target is not None and f"{target._name},{target.id}",
                "is_hidden": target is None and self.call_id.is_registered,
                "create_new": False,
                "is_taken_over": True,
            }
        )

    @api.model
    @takes(call_id=int, text=str)
    def add_note(self, call_id, text):
        """Add a text to the note of a call, below what is there, as from the call bar.

        It replaces nothing, and stands on the current user's page as well, which may
        have a note that was begun. The call is not registered by it.

        :param int call_id: a call that the user may read
        :param str text: plain text; an empty one changes nothing
        :return: the whole note, HTML, ``False`` where there is none
        :raise AccessError: the user may not read the call, or not its content where
            there is some
        :raise UserError: there is no such call
        """
        call = self.env["telephony.call"].browse(call_id or 0)
        call.check_access("read")
        if not call.exists():
            raise UserError(self.env._("This call does not exist."))
        call._check_registrable()
        if not (text := (text or "").strip()):
            return call.note
        # There before the note is: a page that is being opened meanwhile has it, too.
        page = self._find_or_create_own(call)
        added = Markup("<p>%s</p>") % Markup("<br>").join(text.splitlines())
        # sudo - telephony.call: users write notes through checked methods alone
        call_sudo = call.sudo()
        seen = call_sudo.registration_revision
        call_sudo.write(
            {
                "stored_note": (call_sudo.stored_note or "") + added,
                "registered_user_id": self.env.uid,
                "registration_revision": seen + 1,
            }
        )
        # A page that somebody else's work is in the way of is left as it is.
        if page.seen_revision == seen:
            page.write({"note": (page.note or "") + added, "seen_revision": seen + 1})
        self.env["telephony.timeline"]._update(call)
        call_sudo._notify_users()
        return call.note

    def _schedule(self, record):
        """Make the next step an activity on the record, once."""
        values = {
            "activity_type_id": self.next_activity_type_id.id,
            "date_deadline": self.next_activity_date,
            "summary": self.next_activity_summary,
            "user_id": self.env.uid,
        }
        if "activity_ids" in record._fields:
            record.activity_schedule(**values)
        else:
            # A record without activities: the user's own to-do names it.
            names = [self.next_activity_summary, record.display_name]
            values["summary"] = ": ".join(filter(None, names))
            self.env["mail.activity"].create(values)
        self.write(
            {
                "next_activity_type_id": False,
                "next_activity_date": False,
                "next_activity_summary": False,
            }
        )

    def action_open_object(self):
        """Open the record that the call is registered on."""
        self.ensure_one()
        return self.object_ref.get_formview_action()

    def _create_object(self):
        """Create the record that was prepared, with the user's own rights."""
        if self.new_kind == "lead":
            return self.env["crm.lead"].create(self._prepare_lead())
        return self.env["res.partner"].create(self._prepare_partner())

    def _prepare_lead(self):
        """Return the values of the new lead; its type stays `crm.lead`'s own choice."""
        medium = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        return {
            "name": self.new_subject or self.default_subject,
            "contact_name": self.new_contact_name,
            "partner_name": self.new_company_name,
            "phone": self.new_phone,
            "email_from": self.new_email,
            "country_id": self.new_country_id.id,
            "medium_id": medium.id if medium else False,
            "user_id": self.env.uid,
        }

    def _prepare_partner(self):
        """Return the values of the new person or company."""
        is_company = self.new_kind == "company"
        name = self.new_company_name if is_company else self.new_contact_name
        return {
            "name": name or self.number_display,
            "is_company": is_company,
            "parent_id": self.new_company_id.id
            if self.new_kind == "contact"
            else False,
            "phone": self.new_phone,
            "email": self.new_email,
            "country_id": self.new_country_id.id,
            "user_id": self.env.uid,
        }

    def _save_number(self, record):
        """Give the record the call's number, beside what it has.

        A phone field that is filled keeps its one valid number, which text messages and
        the blacklist rely on: the number becomes a further one.

        :raise AccessError: where the user may not write the record
        :raise UserError: where the record has no place for it
        """
        record.check_access("write")
        self.save_number = False
        if self._has_number():
            return
        place = self._get_number_place()
        if not place:
            raise UserError(self._get_no_place_text())
        if place == "telephony_phone_ids":
            record.telephony_phone_ids = [
                Command.create({"number": self.number_display})
            ]
        else:
            record[place] = self.number_display

    def _create_call(self):
        """Take a call that is known by its URL alone into the log.

        Nobody reports how it went and when it ended: it has no end.

        :raise UserError: where no URL made the page
        """
        if not self.ref or not self.pbx_id:
            raise UserError(self.env._("This page belongs to no call."))
        # sudo - telephony.extension: one's own, in whatever company it is
        extension_sudo = self.env.user.sudo().telephony_extension_ids.filtered(
            lambda extension: extension.pbx_id == self.pbx_id
        )
        call = self.env["telephony.call"]._apply(
            [
                {
                    "pbx_id": self.pbx_id.id,
                    "uniqueid": self._get_url_uniqueid(self.ref),
                    "direction": self._get_url_direction(),
                    "state": "ended",
                    "outcome": "unknown",
                    "incomplete": True,
                    "number": self.url_number,
                    "dialed_number": self.url_dialed_number,
                    "caller_name": self.url_name,
                    "extension": extension_sudo[:1].number,
                    "user_ids": self.env.user.ids,
                    "start_date": self.create_date,
                }
            ]
        )
        return call.with_env(self.env)
