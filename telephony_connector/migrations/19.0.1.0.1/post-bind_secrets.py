from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Bind the stored secrets to where they are sent now.

    The addons that keep secrets do the same with theirs when they are installed.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for pbx in env["telephony.pbx"].search([]):
        for name, stored in pbx._get_secret_fields().items():
            if pbx[stored] and not pbx[f"{name}_places"]:
                pbx[f"{name}_places"] = " ".join(sorted(pbx._get_secret_places(name)))
