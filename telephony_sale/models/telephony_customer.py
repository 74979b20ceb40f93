from odoo import api, fields, models
from odoo.tools.misc import formatLang


class TelephonyCustomer(models.AbstractModel):
    _inherit = "telephony.customer"

    @api.model
    def _get_open_section_builders(self):
        return [*super()._get_open_section_builders(), self._build_orders]

    @api.model
    def _build_orders(self, customer):
        """Return the quotations, and the orders that are not invoiced as a whole."""
        if not customer.partner:
            return None
        orders = self.env["sale.order"]
        states = dict(orders._fields["state"]._description_selection(self.env))
        today = fields.Date.context_today(self)
        return self._make_list_section(
            "orders",
            self.env._("Open Quotations and Orders"),
            "fa-shopping-cart",
            orders._name,
            [
                ("partner_id", "child_of", customer.family.ids),
                "|",
                ("state", "in", ("draft", "sent")),
                "&",
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
            ],
            lambda order: {
                "text": self._join(
                    formatLang(
                        self.env, order.amount_total, currency_obj=order.currency_id
                    ),
                    states[order.state],
                    order.user_id.name,
                ),
                "is_late": bool(
                    order.state != "sale"
                    and order.validity_date
                    and order.validity_date < today
                ),
            },
        )
