from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from odoo.addons.telephony_connector.tools.groups import ADMINISTRATOR


class TelephonyExtension(models.Model):
    _name = "telephony.extension"
    _inherit = ["telephony.extension", "telephony.secret.mixin"]

    mightycall_user_key = fields.Char(
        string="User Key",
        compute="_compute_secrets",
        inverse="_inverse_mightycall_user_key",
        groups=ADMINISTRATOR,
        copy=False,
        help="The user's own key at MightyCall. Write-only. Where none is set, the "
        "extension's number is used in its place.",
    )
    stored_mightycall_user_key = fields.Char(groups=NO_ACCESS, copy=False)
    mightycall_user_key_places = fields.Char(groups=NO_ACCESS, copy=False)
    mightycall_has_user_key = fields.Boolean(
        string="User Key Set",
        compute="_compute_mightycall_has_user_key",
        groups=ADMINISTRATOR,
    )

    # === COMPUTE METHODS === #

    def _inverse_mightycall_user_key(self):
        self._store_secret("mightycall_user_key")
        # sudo - telephony.mightycall.session: logins with the keys before
        self.env["telephony.mightycall.session"].sudo().search(
            [("extension_id", "in", self.ids)]
        ).unlink()

    @api.depends(
        "stored_mightycall_user_key", "pbx_id.provider", "pbx_id.mightycall_base_url"
    )
    def _compute_mightycall_has_user_key(self):
        for extension in self:
            extension.mightycall_has_user_key = bool(
                extension._get_secret("mightycall_user_key")
            )

    # === SECRETS === #

    @api.model
    def _get_secret_fields(self):
        return super()._get_secret_fields() | {"mightycall_user_key"}

    @api.model
    def _get_place_fields(self):
        return super()._get_place_fields() | {"pbx_id"}

    def _get_secret_places(self, name):
        if name != "mightycall_user_key":
            return super()._get_secret_places(name)
        return self.pbx_id._get_secret_places("mightycall_api_key")
