from odoo import api, fields, models

from ..provider import ExampleProvider


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    provider = fields.Selection(
        selection_add=[("example", "Example"), ("api",)],
        ondelete={"example": "set api"},
    )
    example_line = fields.Char(
        string="Line",
        help="The line of the account that calls are made by.",
        groups="telephony_connector.group_telephony_administrator",
    )

    @api.constrains("host", "example_line")
    def _check_example(self):
        self._check_settings()

    def _get_provider_class(self):
        if self.provider == "example":
            return ExampleProvider
        return super()._get_provider_class()
