from odoo import SUPERUSER_ID, api

from odoo.addons.telephony_connector.tools.database import read_identity


def migrate(cr, version):
    """Note for each telephone system that it is used in this database."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    pbxs = env["telephony.pbx"].search([("home", "=", False)])
    pbxs.home = read_identity(env)
