from odoo import api, fields, models
from odoo.exceptions import UserError

from .telephony_pbx import INTERNAL_CALLS, NEW_KINDS, OPEN_PAGE_ON

PREFERENCES = (
    "telephony_open_page_on",
    "telephony_internal_calls",
    "telephony_unknown_caller",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_extension_ids = fields.One2many(
        "telephony.extension", "user_id", string="Extensions"
    )
    telephony_agent_token_ids = fields.One2many(
        "telephony.agent.token", "user_id", string="Desktop Agents"
    )

    # One's own way, where it is not the telephone system's
    telephony_open_page_on = fields.Selection(OPEN_PAGE_ON, string="Open a Call's Page")
    telephony_internal_calls = fields.Selection(
        INTERNAL_CALLS, string="Colleagues' Calls Show"
    )
    telephony_unknown_caller = fields.Selection(
        NEW_KINDS, string="Unknown Callers Become"
    )

    telephony_has_status = fields.Boolean(compute="_compute_telephony_has_status")

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS,
            "telephony_extension_ids",
            "telephony_has_status",
            "telephony_agent_token_ids",
            *PREFERENCES,
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *PREFERENCES]

    # === COMPUTE METHODS === #

    @api.depends("telephony_extension_ids.pbx_id.provider")
    def _compute_telephony_has_status(self):
        for user in self:
            user.telephony_has_status = bool(user._get_status_extension())

    # === ACTION METHODS === #

    def action_telephony_status(self):
        """Open the current user's status at a telephone system that keeps one."""
        return self.env["telephony.user.status"].open_mine()

    # === BUSINESS METHODS === #

    def _get_status_extension(self):
        """Return the user's extension at a telephone system that keeps a status."""
        self.ensure_one()
        # sudo - telephony.extension: one's own, in whatever company it is
        return self.sudo().telephony_extension_ids.filtered(
            lambda extension: (
                extension.pbx_id.active
                and extension.pbx_id._get_provider().has_user_status
            )
        )[:1]

    def _get_telephony_setting(self, name, pbx):
        """Return the user's own choice, else the telephone system's.

        :param str name: ``open_page_on``, ``internal_calls`` or ``unknown_caller``
        :param pbx: the `telephony.pbx` of the call
        """
        self.ensure_one()
        # sudo - res.users: a preference decides what its owner is shown
        return self.sudo()[f"telephony_{name}"] or pbx[name]

    def _get_telephony_extension(self):
        """Return the extension whose phone rings when the user clicks a number.

        :raise UserError: where there is none, telling where it is set
        """
        self.ensure_one()
        # sudo - telephony.extension: one's own, in whatever company it is
        extension = self.sudo().telephony_extension_ids.filtered("pbx_id.active")[:1]
        if not extension:
            raise UserError(
                self.env._(
                    "You have no extension yet. A telephony administrator sets it in "
                    "Telephony > Configuration > Extensions."
                )
            )
        return extension.sudo(False)
