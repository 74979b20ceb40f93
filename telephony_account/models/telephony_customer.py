from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class TelephonyCustomer(models.AbstractModel):
    _inherit = "telephony.customer"

    @api.model
    def _get_open_section_builders(self):
        return [*super()._get_open_section_builders(), self._build_invoices]

    @api.model
    def _build_invoices(self, customer):
        """Return the invoices that the customer owes something of, the oldest first."""
        if not customer.partner:
            return None
        today = fields.Date.context_today(self)
        domain = [
            ("partner_id", "child_of", customer.family.ids),
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial", "blocked")),
        ]
        return self._make_list_section(
            "invoices",
            self.env._("Unpaid Invoices"),
            "fa-money",
            "account.move",
            domain,
            lambda invoice: {
                "text": self._join(
                    formatLang(
                        self.env,
                        invoice.amount_residual,
                        currency_obj=invoice.currency_id,
                    ),
                    self.env._(
                        "due %(date)s",
                        date=format_date(self.env, invoice.invoice_date_due),
                    ),
                ),
                "is_late": invoice.invoice_date_due < today,
            },
            order="invoice_date_due, id",
        )
