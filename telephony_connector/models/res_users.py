from odoo import fields, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_extension_ids = fields.One2many(
        "telephony.extension", "user_id", string="Extensions"
    )
    telephony_agent_token_ids = fields.One2many(
        "telephony.agent.token", "user_id", string="Desktop Agents"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + [
            "telephony_extension_ids",
            "telephony_agent_token_ids",
        ]

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
