"""The matrices of methods and of fields, as tests that each addon runs for itself."""

import itertools
import logging
from pathlib import Path

from odoo.tests import HttpCase, TransactionCase

from ..controllers import guard
from ..controllers.rate_limit import RateLimiter
from .access_rows import BEYOND_REQUESTS
from .access_world import AccessWorldCase
from .common_access import COMMON, ROLES, build_tables
from .common_access_fields import LADDER, FieldWalkCase
from .snapshot import assert_snapshot, assert_tables

figures = logging.getLogger("telephony_connector.figures")

RIGHTS_PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


class MethodMatrixCase(AccessWorldCase, TransactionCase):
    """Every public method of an addon, as every role: see ``common_access``.

    The test class sets ``addon``, ``rows``, ``orm`` and ``routes``, and ``heading``,
    what the tables' headings in docs/rights.md end with.
    """

    allow_inherited_tests_method = True
    heading = ""
    routes = ()

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

    def test_table_is_that_of_the_docs(self):
        tables = build_tables(self.orm, self.rows, self.routes)
        kinds = ("Records", "Methods", "Routes")
        assert_tables(
            self,
            RIGHTS_PAGE,
            {
                f"### {kind}{self.heading}": table
                for kind, table in zip(kinds, tables, strict=True)
                if len(table) > HEAD_LINES
            },
        )
        figures.info(
            "matrix of methods, %s: %s methods and %s routes × %s roles",
            self.addon,
            len(self.get_covered()),
            len(self.routes),
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


class RouteMatrixCase(AccessWorldCase, HttpCase):
    """Every route of an addon, as every role; set up as `MethodMatrixCase`."""

    allow_inherited_tests_method = True
    routes = ()
    # Methods that are called by either interface, beside those that need a request.
    over_http = ()

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
                if row.over_http or row.method in self.over_http:
                    with self.subTest(row.name, interface=interface.__name__):
                        self.check_row_over_http(row, interface)


class FieldMatrixCase(AccessWorldCase, FieldWalkCase, TransactionCase):
    """What each role can read of every field of an addon: ``common_access_fields``.

    The test class sets ``snapshot``, the path of the addon's own, beside what
    `FieldWalkCase` asks for.
    """

    allow_inherited_tests_method = True
    further_roles = ("system",)

    def test_every_model_has_a_sample(self):
        self.assertEqual(self.find_fields().keys(), self.samples.keys())

    def test_fields_are_those_of_the_snapshot(self):
        lines, count = self.describe()
        assert_snapshot(self, self.snapshot, lines)
        figures.info(
            "matrix of fields, %s: %s fields × %s roles",
            self.addon,
            count,
            len(LADDER),
        )

    def test_links_tell_nothing(self):
        for role in ("employee", "user", "administrator", "elsewhere"):
            with self.subTest(role):
                self.assertEqual(self.walk_links(role), [])


HEAD_LINES = 2
