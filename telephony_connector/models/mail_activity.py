"""Activities of the kind “Call” show whom to call; those of follow-ups end them."""

from odoo import fields, models
from odoo.fields import NO_ACCESS

from ..odoo_compat import Store
from ..tools.groups import SUPERVISOR, USER


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # Out of users' reach: whoever could write it would be shown any caller's number.
    telephony_followup_id = fields.Many2one(
        "telephony.followup",
        groups=NO_ACCESS,
        index="btree_not_null",
        ondelete="set null",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._get_reassigned_followups().user_id = vals["user_id"]
        return result

    def unlink(self):
        followups = self._get_telephony_followups()
        result = super().unlink()
        # Whoever cancels the activity wants no more of it.
        followups._close()
        return result

    # === FOLLOW-UPS === #

    def _action_done(self, feedback=False, attachment_ids=None):
        followups = self._get_telephony_followups()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        followups._close()
        return result

    def _get_telephony_followups(self):
        """Return the open follow-ups whose work these activities are.

        Known by a field of the activity's own: asking the follow-ups would cost a query
        at every activity that is done.
        """
        # sudo - telephony.followup: they go along with what happens to their activity
        return self.sudo().telephony_followup_id.filtered(
            lambda followup: followup.state == "open" and followup.activity_id in self
        )

    def _get_reassigned_followups(self):
        """Return the follow-ups whose responsible user changes with the activity's.

        The responsible user sees the caller's calls. Whoever may write an activity
        could make anybody, also themselves, its user: the calls are shown to another
        one only by who decides on them, a supervisor who sees them.
        """
        followups_sudo = self._get_telephony_followups()
        if self.env.su:
            return followups_sudo
        if not self.env.user.has_group(SUPERVISOR):
            return followups_sudo.browse()
        return followups_sudo.with_env(self.env)._filtered_access("read").sudo()

    # === WHOM TO CALL === #

    def _to_store_defaults(self, target):
        fields_ = super()._to_store_defaults(target)
        # For the current user alone, as far as that user may read the records.
        if not (target.is_current_user(self.env) and self.env.user.has_group(USER)):
            return fields_
        return [
            *fields_,
            Store.Attr(
                "telephony_numbers",
                lambda activity: activity._get_telephony_numbers(),
                predicate=lambda activity: activity.activity_category == "phonecall",
            ),
        ]

    def _get_telephony_numbers(self):
        """Return the numbers of the activity's record, see
        ``telephony.number._get_shown_numbers``.
        """
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return []
        record = self.env[self.res_model].browse(self.res_id)
        return self.env["telephony.number"]._get_shown_numbers(record)
