from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    # For the preferences: see the base's fields.
    mightycall_has_status = fields.Boolean(compute="_compute_mightycall_has_status")

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "mightycall_has_status"]

    # === COMPUTE METHODS === #

    @api.depends("telephony_is_user", "telephony_extension_ids.pbx_id.provider")
    def _compute_mightycall_has_status(self):
        for user in self:
            user.mightycall_has_status = bool(
                user.telephony_is_user and user._get_mightycall_extension()
            )

    # === ACTION METHODS === #

    def action_mightycall_status(self):
        """Open the current user's status at MightyCall.

        :return: an action
        :raise AccessError: for who has no right to the telephone
        :raise UserError: where there is none, or the server does not tell
        """
        return self.env["telephony.mightycall.status"]._open_mine()

    # === BUSINESS METHODS === #

    def _get_mightycall_extension(self):
        """Return the user's extension at MightyCall, where there is one."""
        self.ensure_one()
        # sudo - telephony.extension: one's own, in whatever company it is
        return self.sudo().telephony_extension_ids.filtered(
            lambda extension: (
                extension.pbx_id.active and extension.pbx_id.provider == "mightycall"
            )
        )[:1]
