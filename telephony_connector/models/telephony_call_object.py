"""What a call belongs to: the record it is registered on, and what is said of it."""

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, clean_context, is_html_empty

from ..engine.durations import format_seconds
from ..tools.parameters import takes
from .telephony_number import Matches


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    # The raw links: a many2one would show its name even to those who may not read it.
    partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    res_model = fields.Char(groups=NO_ACCESS)
    res_id = fields.Many2oneReference(model_field="res_model", groups=NO_ACCESS)

    # The same, as far as the current user may read them
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        search="_search_contact_id",
    )
    object_ref = fields.Reference(
        selection="_selection_object_model",
        string="Registered on",
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
    message_id = fields.Many2one(
        "mail.message",
        string="Message in the Chatter",
        groups=NO_ACCESS,
        ondelete="set null",
        index="btree_not_null",
    )

    is_owner_told = fields.Boolean(groups=NO_ACCESS)

    _object_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_object_model(self):
        # Asked for each call that is shown: by what is cached of the models.
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in self._get_object_models()
        ]

    @api.model
    def _get_object_models(self):
        """Return the names of the models that a call can be registered on."""
        return self.env["telephony.number"]._phone_models()

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_contact_id(self):
        # sudo - telephony.call: the raw links; where they lead is checked for the user
        calls_sudo = self.sudo()
        readable = _filter_readable(calls_sudo.partner_id.with_env(self.env))
        for call, call_sudo in zip(self, calls_sudo, strict=True):
            call.contact_id = call_sudo.partner_id.with_env(self.env) & readable

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_object_ref(self):
        links = self._get_readable_links()
        # sudo - telephony.call: the raw links; where they lead is checked for the user
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            link = call_sudo.res_model, call_sudo.res_id
            call.object_ref = "{},{}".format(*link) if link in links else False

    def _search_contact_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The partners are looked up as the user, the calls that lead there as sudo:
        # the raw link is out of the user's reach.
        ids = [v for v in value if v]
        partners = self.env["res.partner"].search([("id", "in", ids)])
        calls = self.sudo()._search([("partner_id", "in", partners.ids)])
        return [("id", "in", calls)]

    # === ACCESS === #

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

    def _get_object(self):
        """Return the record that the call belongs to, as the environment's user."""
        self.ensure_one()
        # sudo - telephony.call: the raw link; what it leads to is checked by callers
        call_sudo = self.sudo()
        if call_sudo.res_model not in self.env or not call_sudo.res_id:
            return None
        record = self.env[call_sudo.res_model].browse(call_sudo.res_id)
        return record.exists() or None

    def _get_visible_object(self):
        """Return the record that the call belongs to where the user may read it."""
        record = self._get_object()
        return record if record is not None and record.has_access("read") else None

    # === MATCHING === #

    def _get_matches(self):
        """Return the records with the other party's number that the user may read.

        :return: `telephony.number`'s Matches, best first
        """
        self.ensure_one()
        if self.withheld or not self.number or self.direction == "internal":
            return Matches()
        return self.env["telephony.number"].match(self.number, self.pbx_id)

    def _is_known_elsewhere(self):
        """Say whether some record has the number, the user's to read or not."""
        self.ensure_one()
        return bool(self._find_exact())

    def _find_exact(self):
        """Return every record with exactly the other party's number, unfiltered.

        :return: list of (model, id)
        """
        if self.withheld or not self.number or self.direction == "internal":
            return []
        numbers = self.env["telephony.number"]
        reading = numbers._read(self.number, self.pbx_id)
        return [
            (hit.model, hit.res_id)
            for hit in numbers._find(reading, self.pbx_id)
            if hit.exact
        ]

    def _link_object(self):
        """Tie calls that belong to nothing yet to the one record with their number."""
        for call in self:
            if call.res_id or call.is_registered:
                continue
            hits = call._find_exact()
            if len(hits) == 1:
                record = self.env[hits[0][0]].browse(hits[0][1])
            else:
                # sudo - telephony.number: who it is does not depend on who looks
                record = call.sudo()._get_matches().caller if hits else None
            if record is not None:
                call._set_object(record.with_env(self.env))

    def _tell_owners(self):
        """Tell the persons in charge of calls from their records that went to others.

        Where nobody who was rung may read the caller's record, nobody but the person
        in charge of it can know who called.
        """
        for call in self:
            if (
                call.is_owner_told
                or call.state != "ended"
                or call.direction != "inbound"
            ):
                continue
            call.is_owner_told = True
            records = [
                self.env[model].browse(res_id) for model, res_id in call._find_exact()
            ]
            if any(
                record.with_user(user).has_access("read")
                for record in records
                for user in call.user_ids
            ):
                continue
            for record in records:
                owner = record._telephony_user() - call.user_ids
                if owner:
                    call._tell_owner(record, owner)

    def _tell_owner(self, record, owner):
        call = self.with_context(lang=owner.lang)
        self.env["mail.thread"].message_notify(
            model=record._name,
            res_id=record.id,
            partner_ids=owner.partner_id.ids,
            subject=call._get_title(),
            body=call.env._(
                "%(name)s called, and nobody who was rung may see this record.",
                name=record.display_name,
            ),
        )

    @api.model
    @tools.ormcache()
    def _has_objects(self):
        """Say whether any call belongs to a record.

        Cached, so that contacts and leads cost nothing more where there are no calls.
        """
        found = SQL(
            "SELECT 1 FROM telephony_call WHERE res_id IS NOT NULL LIMIT 1",
            to_flush=self._fields["res_id"],
        )
        return bool(self.env.execute_query(found))

    def _set_object(self, record):
        """Store the record that the call belongs to, and the contact behind it."""
        if not self._has_objects():
            # At once for this transaction, and when the others can see it.
            self.env.registry.clear_cache()
            self.env.cr.postcommit.add(self.env.registry.clear_cache)
        partner = record._telephony_partner()
        # sudo - telephony.call: the log is written by the system for everyone
        self.sudo().write(
            {"res_model": record._name, "res_id": record.id, "partner_id": partner.id}
        )

    @api.model
    def _follow_partners(self, model, ids):
        """Have calls on records follow where those records got another contact.

        :param str model: of the records
        :param ids: list of the records' ids
        """
        if not self._has_objects():
            return
        source = self.env[model]._telephony_source()
        self.env.cr.execute(
            SQL(
                """UPDATE telephony_call AS call SET partner_id = %(partner)s
                     FROM %(table)s AS record
                    WHERE call.res_model = %(model)s AND call.res_id = ANY(%(ids)s)
                      AND record.id = call.res_id
                      AND call.partner_id IS DISTINCT FROM %(partner)s""",
                partner=SQL(
                    "COALESCE(%s)",
                    SQL(", ").join(
                        SQL.identifier("record", name) for name in source.partners
                    ),
                ),
                table=SQL.identifier(source.table),
                model=model,
                ids=ids,
            )
        )
        self.invalidate_model(["partner_id"])

    def _move_object(self, sources, target):
        """Have the calls of records that are merged follow to the one that is kept."""
        if not self._has_objects():
            return
        # sudo - telephony.call: whoever may merge the records may take the calls along
        calls_sudo = self.sudo().search(
            [("res_model", "=", target._name), ("res_id", "in", sources.ids)]
        )
        for call_sudo in calls_sudo:
            call_sudo._set_object(target)

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
        self._update_messages(post=True)
        if call_sudo.stored_note != old_note:
            call_sudo.message_id.author_id = self.env.user.partner_id
        call_sudo._tell_users()

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

    def _update_messages(self, post=False):
        """Bring the calls' messages in chatters up to date.

        A message stands where its call is registered: it moves along, nothing of it is
        deleted, and whoever else may write messages can't keep it elsewhere.

        :param bool post: post a message where a call has none
        """
        for call_sudo in self.sudo():
            record_sudo = call_sudo._get_object()
            if record_sudo is None or not call_sudo.is_registered:
                continue
            body = call_sudo._get_message_body()
            if message_sudo := call_sudo.message_id:
                values = {
                    "body": body,
                    "model": record_sudo._name,
                    "res_id": record_sudo.id,
                }
                changed = {k: v for k, v in values.items() if message_sudo[k] != v}
                if changed:
                    message_sudo.write(changed)
            elif post and "message_ids" in record_sudo._fields:
                # Whoever creates a message may read it ever after, whatever becomes of
                # its text: the system creates it, the author is who wrote the note.
                thread = record_sudo.with_user(SUPERUSER_ID).with_context(
                    clean_context(self.env.context)
                )
                call_sudo.message_id = thread.message_post(
                    body=body,
                    author_id=self.env.user.partner_id.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_note",
                )

    def _get_voicemail_text(self):
        """Return that a message was left, and how long it is where that is known."""
        self.ensure_one()
        if not self.voicemail_duration:
            return self.env._("Voicemail left")
        return self.env._(
            "Voicemail left, %(seconds)s s", seconds=self.voicemail_duration
        )

    def _get_message_body(self):
        """Return the call as a chatter shows it: heading, duration, note."""
        self.ensure_one()
        facts = [self._get_outcome_text()]
        if self.duration:
            facts.append(format_seconds(self.duration))
        if self.voicemail:
            facts.append(self._get_voicemail_text())
        if self.disposition_id:
            facts.append(self.disposition_id.name)
        if self.handled_by_id:
            facts.append(self.handled_by_id.name)
        return Markup("<p>☎ <b>%s</b><br/>%s</p>%s") % (
            self._get_title(),
            " · ".join(fact for fact in facts if fact),
            self.note or "",
        )


def _filter_readable(records):
    """Return those of the records that exist and their environment's user may read."""
    return records.exists()._filtered_access("read")
