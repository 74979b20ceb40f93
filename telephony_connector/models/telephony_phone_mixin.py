"""What keeps a model's telephone numbers in the index."""

from odoo import api, fields, models

from ..tools.groups import USER


class TelephonyPhoneMixin(models.AbstractModel):
    """A model whose phone fields are indexed, so that its records are found by number.

    Every model on ``mail.thread.phone`` is one. Another joins by inheriting this, and
    names its fields with ``_phone_get_number_fields`` where they are not "phone" and
    "mobile". What a record tells of itself as a caller, and a model may override, is in
    ``base.py``.
    """

    _name = "telephony.phone.mixin"
    _description = "Model with Indexed Phone Numbers"

    telephony_call_count = fields.Integer(
        string="Calls",
        compute="_compute_telephony_call_count",
        groups=USER,
    )

    def init(self):
        result = super().init()
        if self._telephony_source():
            self.pool.post_init(
                self.env["telephony.number.source"]._register_model, self._name
            )
        return result

    @api.model
    def _telephony_number_fields(self):
        return self._phone_get_number_fields()

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_telephony_call_count(self):
        for record in self:
            record.telephony_call_count = self.env["telephony.record.call"]._count(
                record
            )

    def action_view_telephony_calls(self):
        """List the calls with the record, and with whoever belongs to it.

        :return: an action
        :raise AccessError: where the user may not read the record
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["telephony.record.call"]._get_action(
            self, self.env._("Calls with %(name)s", name=self.display_name)
        )
