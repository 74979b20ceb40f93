from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.telephony_connector.wizards.telephony_pbx_setup import Kind

from ..models.telephony_pbx import BASE_URL

KIND = Kind(
    "mightycall",
    ("kind", "account", "test", "call"),
    (
        "mightycall_base_url",
        "mightycall_api_key",
        "mightycall_business_number",
        "secret",
        "allow_unencrypted",
    ),
    is_stored_first=True,
)


class TelephonyPbxSetup(models.TransientModel):
    _inherit = "telephony.pbx.setup"

    system = fields.Selection(selection_add=[("mightycall", "MightyCall"), ("3cx",)])
    mightycall_base_url = fields.Char(string="Server Address", default=BASE_URL)
    mightycall_api_key = fields.Char(string="API Key")
    mightycall_business_number = fields.Char(string="Business Number")

    # === BUSINESS METHODS === #

    def _prepare_account(self):
        result = super()._prepare_account()
        if self.system == "mightycall" and not self.pbx_id:
            # The password that is proposed is for an account on an Asterisk.
            self.secret = False
        return result

    def _get_kinds(self):
        return super()._get_kinds() | {"mightycall": KIND}

    def _store_pbx(self):
        if self.system != "mightycall":
            return super()._store_pbx()
        if not self.pbx_id and not (self.mightycall_api_key and self.secret):
            raise UserError(
                self.env._(
                    "Please type both keys: MightyCall shows them under Integrations "
                    "→ API."
                )
            )
        result = super()._store_pbx()
        # They are stored where nobody reads them; the draft needs them no more.
        self.write({"mightycall_api_key": False, "secret": False})
        return result

    def _look(self):
        if self.system != "mightycall":
            return super()._look()
        if not self.pbx_id._claim_try():
            raise UserError(
                self.env._(
                    "A connection was attempted a moment ago. Please try again in a "
                    "few seconds."
                )
            )
        return self.pbx_id._look_at_mightycall()
