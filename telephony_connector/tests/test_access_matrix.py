"""Every public method and every route, as every role: see ``common_access``."""

import itertools
import logging
from pathlib import Path

from odoo.tests import HttpCase, TransactionCase, tagged

from ..controllers import guard
from ..controllers.rate_limit import RateLimiter
from .access_rows import BEYOND_REQUESTS, ORM, ROUTES, ROWS
from .access_world import AccessWorldCase
from .common_access import COMMON, ROLES, build_tables
from .snapshot import assert_tables

figures = logging.getLogger("telephony_connector.figures")

RIGHTS_PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


class TableCase(AccessWorldCase):
    addon = "telephony_connector"
    rows = ROWS
    orm = ORM


@tagged("post_install", "-at_install")
class TestMethodMatrix(TableCase, TransactionCase):
    def test_every_method_has_a_row(self):
        rows = self.get_covered()
        missing = {
            (model, name)
            for model, name in self.find_methods() - rows
            if name not in COMMON and name not in BEYOND_REQUESTS
        }
        self.assertEqual(missing, set(), "say in access_rows.py who may call these")

    def test_every_row_names_a_method(self):
        for model, method in self.get_covered():
            with self.subTest(model=model, method=method):
                self.assertIn(method, self.find_public(self.env[model]))

    def test_what_has_no_row_is_there(self):
        names = self.find_public(self.env["telephony.followup"])
        self.assertEqual({*COMMON, *BEYOND_REQUESTS} - names, set())

    def test_table_is_that_of_the_docs(self):
        records, methods, routes = build_tables(ORM, ROWS, ROUTES)
        assert_tables(
            self,
            RIGHTS_PAGE,
            {"### Records": records, "### Methods": methods, "### Routes": routes},
        )
        figures.info(
            "matrix of methods: %s methods and %s routes × %s roles",
            len(self.get_covered()),
            len(ROUTES),
            len(ROLES),
        )

    def test_methods(self):
        for row in self.rows:
            if not row.over_http:
                with self.subTest(row.name):
                    self.check_row(row)

    def test_orm(self):
        for row in self.get_orm_rows():
            with self.subTest(row.name):
                self.check_row(row)

    def test_orm_by_other_names(self):
        for orm in self.orm:
            with self.subTest(orm.model):
                self.check_refusals(orm)


@tagged("post_install", "-at_install")
class TestRouteMatrix(TableCase, HttpCase):
    routes = ROUTES

    def setUp(self):
        super().setUp()
        # A minute between any two questions: here nobody asks too often.
        clock = itertools.count(0, 60)
        self.patch(guard, "limiter", RateLimiter(lambda: next(clock)))

    def test_every_route_has_a_row(self):
        self.assertEqual(self.find_routes(), {route.path for route in self.routes})

    def test_routes(self):
        for route in self.routes:
            with self.subTest(route.name):
                self.check_route(route)

    def test_methods_over_http(self):
        """Those that need a request, and some of the others by either interface."""
        for row in self.rows:
            for interface in (self.call_kw, self.call_json2):
                if row.over_http or row.method in ("register", "get_state"):
                    with self.subTest(row.name, interface=interface.__name__):
                        self.check_row_over_http(row, interface)
