"""Who knows what was said in a call: its note, its recording."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

CONTENT_GROUP = "telephony_connector.group_telephony_content"


class TelephonyCall(models.Model):
    """That somebody called is one thing, what was said another.

    The content of a call shows to those who took part in it, to whoever may read the
    record that it is registered on (the note stands in its chatter), and to the group
    “Notes and Recordings”. A colleague of the team sees the call without it.
    """

    _inherit = "telephony.call"

    stored_note = fields.Html(groups=NO_ACCESS, sanitize_style=True)
    note = fields.Html(
        compute="_compute_note",
        sanitize_style=True,
        help="Empty for those who may see the call, but not what was said.",
    )

    @api.depends("stored_note", "user_ids", "is_registered", "res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_note(self):
        readable = self._filtered_content_access()
        # sudo - telephony.call: the raw note, for those who may read it
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            call.note = call_sudo.stored_note if call in readable else False

    def _filtered_content_access(self):
        """Return those of the calls whose content the current user may read."""
        if self.env.su or self.env.user.has_group(CONTENT_GROUP):
            return self
        # sudo - telephony.call: who took part; asked of calls that the user may read
        return self.filtered(
            lambda call: (
                self.env.user in call.sudo().user_ids
                or (call.is_registered and call._get_visible_object() is not None)
            )
        )

    def _check_content_access(self):
        """Refuse to change a note that the current user may not read.

        :raise AccessError: where there is one
        """
        # sudo - telephony.call: whether there is a note, not what it says
        hidden = (self - self._filtered_content_access()).sudo()
        if any(call.stored_note for call in hidden):
            raise AccessError(
                self.env._(
                    "This call is registered with a note that you may not read: those "
                    "who took part in the call can change it."
                )
            )
