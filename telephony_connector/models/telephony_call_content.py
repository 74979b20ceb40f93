"""Who knows what was said in a call: its note, its recording."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

CONTENT_GROUP = "telephony_connector.group_telephony_content"


class TelephonyCall(models.Model):
    """That somebody called is one thing, what was said another.

    The content of a call is for those who took part in it and for the group “Notes and
    Recordings”. Where one of these registered the call, it is also for whoever may read
    that record. A colleague of the team sees the call without its content, and gains
    nothing by registering it.
    """

    _inherit = "telephony.call"

    stored_note = fields.Html(groups=NO_ACCESS, sanitize_style=True)
    note = fields.Html(
        compute="_compute_note",
        sanitize_style=True,
        help="Empty for those who may see the call, but not what was said.",
    )
    is_content_shared = fields.Boolean(
        groups=NO_ACCESS,
        help="Who registered the call had access to its content, and by that gave it "
        "to the readers of the record.",
    )

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
        if user.has_group(CONTENT_GROUP):
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
        # Not every source tells of legs.
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
                    "A colleague registered this call, and you may not read what was "
                    "said in it. Those who took part in the call can change it."
                )
            )
        if self._has_recording():
            raise AccessError(
                self.env._(
                    "You may not hear what was said in this call. Those who took part "
                    "in it can register it."
                )
            )
