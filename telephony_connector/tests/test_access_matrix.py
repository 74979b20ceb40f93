"""Every public method and every route, as every role: see ``common_access``."""

from odoo.tests import tagged

from . import common_access_matrix as matrix
from .access_rows import BEYOND_REQUESTS, ORM, ROUTES, ROWS
from .common_access import COMMON


@tagged("post_install", "-at_install")
class TestMethodMatrix(matrix.MethodMatrixCase):
    addon = "telephony_connector"
    rows = ROWS
    orm = ORM
    routes = ROUTES

    def test_what_has_no_row_is_there(self):
        names = self.find_public(self.env["telephony.followup"])
        self.assertEqual({*COMMON, *BEYOND_REQUESTS} - names, set())


@tagged("post_install", "-at_install")
class TestRouteMatrix(matrix.RouteMatrixCase):
    addon = "telephony_connector"
    rows = ROWS
    orm = ORM
    routes = ROUTES
    over_http = ("register",)
