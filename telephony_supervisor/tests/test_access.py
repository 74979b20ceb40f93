"""Every method and field of this addon, as every role."""

from pathlib import Path

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import common_access_matrix as matrix

from .access_rows import ORM, ROUTES, ROWS
from .common_access_world import SupervisorWorldCase


class Table(SupervisorWorldCase):
    addon = "telephony_supervisor"
    heading = ": supervising"
    orm = ORM
    rows = ROWS
    routes = ROUTES


@tagged("post_install", "-at_install")
class TestMethods(Table, matrix.MethodMatrixCase):
    pass


@tagged("post_install", "-at_install")
class TestRoutes(Table, matrix.RouteMatrixCase):
    over_http = ("get_state",)


@tagged("post_install", "-at_install")
class TestFields(Table, matrix.FieldMatrixCase):
    snapshot = Path(__file__).parent / "access_fields.txt"
    samples = {
        "digest.digest": "digest",
        "res.company": "company",
        "res.config.settings": "settings",
        "res.users": "user",
        "telephony.call.report": "report",
        "telephony.pbx": "pbx",
    }
