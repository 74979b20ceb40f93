"""Odoo's phone blacklist is honoured before a number is dialled."""

from odoo import api, models
from odoo.exceptions import UserError

OVERRIDE_GROUP = "telephony_connector.group_telephony_do_not_call"


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _ask_do_not_call(self, reading, pbx):
        """Say what a user is asked before a number of the blacklist is dialled.

        :param reading: of ``telephony.number._read``
        :param pbx: the `telephony.pbx` that would dial
        :return: the question; ``False`` where the number may be dialled as it is
        :raise UserError: where the user has no right to call such numbers
        """
        # Emergency numbers have no E.164 form: they are in no blacklist.
        if not reading.e164 or not self._is_do_not_call(reading.e164):
            return False
        number = self.env["telephony.number"]._format(reading.e164, pbx)
        if not self.env.user.has_group(OVERRIDE_GROUP):
            raise UserError(
                self.env._(
                    "%(number)s is on the list of numbers not to call.", number=number
                )
            )
        return self.env._(
            "%(number)s is on the list of numbers not to call. Call it anyway?",
            number=number,
        )

    @api.model
    def _is_do_not_call(self, e164):
        # sudo - phone.blacklist: whether one number is on the list
        return bool(
            self.env["phone.blacklist"].sudo().search_count([("number", "=", e164)])
        )
