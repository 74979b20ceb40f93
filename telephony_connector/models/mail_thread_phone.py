from odoo import models
from odoo.fields import Domain

# Operators of the search bar and of domains that ask for a number as it was typed.
OPERATORS = ("=", "like", "ilike", "=like", "=ilike")


class MailThreadPhone(models.AbstractModel):
    _name = "mail.thread.phone"
    _inherit = ["mail.thread.phone", "telephony.phone.mixin"]

    def _search_phone_mobile_search(self, operator, value):
        """Find a whole number through the index, in whatever form it was typed.

        A part of a number, or one that nobody has, is left to Odoo's own search, and so
        is every number while the index is being built.
        """
        numbers = self.env["telephony.number"]
        if operator in OPERATORS and isinstance(value, str) and numbers._is_complete():
            found = numbers._search_ids(self._name, value)
            if found:
                return Domain("id", "in", found)
        return super()._search_phone_mobile_search(operator, value)
