"""Activities of the kind “Call” show whom to call, and call."""

from odoo import models

from ..odoo_compat import Store
from .telephony_pbx_dialling import USER_GROUP


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _to_store_defaults(self, target):
        fields_ = super()._to_store_defaults(target)
        # For the current user alone, as far as that user may read the records.
        if not (
            target.is_current_user(self.env) and self.env.user.has_group(USER_GROUP)
        ):
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
