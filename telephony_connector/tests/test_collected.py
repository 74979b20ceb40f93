"""No test is written that nothing runs."""

import ast
import importlib
import unittest
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDONS = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestCollected(TransactionCase):
    def test_every_test_is_collected(self):
        """Of each addon of ours that is installed."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        for addon in installed.mapped("name"):
            folder = ADDONS / addon / "tests"
            if folder.is_dir():
                with self.subTest(addon):
                    self.assertEqual(
                        self.find_written(folder) - self.find_run(addon), set()
                    )

    def find_written(self, folder):
        """Return what the files say: {(module, class, test)}.

        Of what is common those that no test case is made of: other addons' may be.
        """
        used = "".join(
            path.read_text() for path in ADDONS.glob("telephony_*/tests/test_*.py")
        )
        return {
            (path.stem, name, node.name)
            for path in folder.glob("*.py")
            for scope in ast.walk(ast.parse(path.read_text()))
            if isinstance(scope, ast.ClassDef | ast.Module)
            for name in [getattr(scope, "name", "")]
            if (path.stem.startswith("test_") or not name or name not in used)
            for node in scope.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }

    def find_run(self, addon):
        """Return the same of the test cases that Odoo's runner finds."""
        package = f"odoo.addons.{addon}.tests"
        modules = [
            each
            for name, each in vars(importlib.import_module(package)).items()
            if name.startswith("test_")
        ]
        return {
            (
                definition.__module__.removeprefix(f"{package}."),
                definition.__name__,
                name,
            )
            for module in modules
            for case in vars(module).values()
            if isinstance(case, type) and issubclass(case, unittest.TestCase)
            for definition in case.mro()
            for name in vars(definition)
            if name.startswith("test_")
        }
