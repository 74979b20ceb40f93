from odoo import models

from ..tools.groups import USER


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client who uses the telephone, which spares it a request."""
        info = super().session_info()
        # A key of its own: "groups" holds what Odoo's own web client asks for.
        info["is_telephony_user"] = bool(info.get("uid")) and self.env.user.has_group(
            USER
        )
        return info
