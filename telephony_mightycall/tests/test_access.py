"""Every method and field of this addon, as every role."""

from pathlib import Path

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import common_access_matrix as matrix

from .access_rows import ORM, ROWS
from .common_access_world import MightyCallWorldCase


class Table(MightyCallWorldCase):
    addon = "telephony_mightycall"
    heading = ": MightyCall"
    orm = ORM
    rows = ROWS


@tagged("post_install", "-at_install")
class TestMethods(Table, matrix.MethodMatrixCase):
    pass


@tagged("post_install", "-at_install")
class TestFields(Table, matrix.FieldMatrixCase):
    snapshot = Path(__file__).parent / "access_fields.txt"
    samples = {
        "telephony.extension": "status_extension",
        "telephony.mightycall.request": "request",
        "telephony.mightycall.session": "session",
        "telephony.mightycall.status": "status",
        "telephony.pbx": "account",
        "telephony.pbx.setup": "setup",
        "res.users": "user",
    }
