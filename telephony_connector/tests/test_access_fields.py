"""What each role can read of every field: see ``common_access_fields``."""

from pathlib import Path

from odoo.tests import tagged

from . import common_access_matrix as matrix
from .access_rows import ORM

# Odoo's models that have fields of ours, with the samples of `AccessWorldCase`.
EXTENDED = {
    "crm.lead": "lead",
    "ir.actions.server": "action",
    "ir.cron": "cron",
    "mail.activity": "activity",
    "res.company": "company",
    "res.config.settings": "settings",
    "res.partner": "partner",
    "res.users": "user",
    "res.users.settings": "user_settings",
}


@tagged("post_install", "-at_install")
class TestFieldMatrix(matrix.FieldMatrixCase):
    addon = "telephony_connector"
    orm = ORM
    snapshot = Path(__file__).parent / "access_fields.txt"
    samples = (
        {each.model: each.on for each in ORM}
        | EXTENDED
        | {
            "telephony.call": "ended",
        }
    )
