from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)
# What the client says, which knows no language.
TEMPLATES = {
    "limit": _lt("The telephone system accepts no more requests from Odoo today."),
    "own_limit": _lt(
        "Odoo sent %(count)s requests in 24 hours and stops there: the telephone "
        "system allows %(limit)s."
    ),
    "mightycall_connected": _lt("Connected."),
    "mightycall_number": _lt("The business number belongs to the account."),
    "mightycall_number_foreign": _lt(
        "The business number does not belong to the account, which has: %(numbers)s."
    ),
    "server_address": _lt("The address of the telephone system's server is not valid."),
    "server_unencrypted": _lt("The keys are not sent without encryption (https)."),
    "server_timeout": _lt("The telephone system's server did not answer in time."),
    "server_unreachable": _lt("The telephone system's server cannot be reached."),
    "server_fault": _lt("The telephone system's server has an error."),
    "server_answer": _lt("The answer of the telephone system's server is too long."),
    "server_list": _lt(
        "The list of calls of the telephone system's server cannot be read."
    ),
    "server_login": _lt(
        "The telephone system refused the login: please check the server's address, "
        "the API key and the user key."
    ),
    "server_token": _lt("The telephone system does not accept the token that it gave."),
}


class TelephonyText(models.AbstractModel):
    _inherit = "telephony.text"

    @api.model
    def _get_templates(self):
        return super()._get_templates() | TEMPLATES
