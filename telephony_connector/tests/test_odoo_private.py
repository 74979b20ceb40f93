"""A canary: what Odoo keeps private and we use anyway is as it was.

``odoo_private.txt`` beside each addon's tests lists it: what ``odoo_compat.py``
imports, the methods of Odoo that our models override, and those that our code calls.
After an upgrade of Odoo the comparison names what is gone or takes other arguments.
"""

import ast
import inspect
import re
from pathlib import Path

from odoo import fields
from odoo.models import BaseModel
from odoo.tests import TransactionCase, tagged

from .. import odoo_compat
from .snapshot import assert_snapshot

ADDONS = Path(__file__).parents[2]
OURS = "odoo.addons.telephony_"
# Which of Odoo's classes has what we call, by its name: a model, or a kind of field.
OWNERS = {
    "_abstract": "base",
    "_bus_last_id": "bus.bus",
    "_bus_send": "bus.listener.mixin",
    "_cache": "base",
    "_calculate_company_based_kpi": "digest.digest",
    "_check_field_access": "base",
    "_commit_progress": "ir.cron",
    "_description_selection": fields.Selection,
    "_description_string": fields.Char,
    "_fields": "base",
    "_filtered_access": "base",
    "_for_xml_id": "ir.actions.actions",
    "_get": "ir.model",
    "_get_data": "res.lang",
    "_get_html_link": "mail.thread",
    "_get_id": "ir.model",
    "_get_stream_from": "ir.binary",
    "_has_field_access": "base",
    "_ids": "base",
    "_is_internal": "res.users",
    "_mail_get_partners": "mail.thread",
    "_make_access_error": "ir.rule",
    "_message_log": "mail.thread",
    "_message_log_batch": "mail.thread",
    "_notifydb": "ir.cron",
    "_phone_get_country": "mail.thread.phone",
    "_phone_get_country_field": "mail.thread.phone",
    "_read_group": "base",
    "_sort_suggested_messages": "base",
    "_table": "base",
    "_transient": "base",
    "_trigger": "ir.cron",
}
# Private names of Python's own.
PYTHONS = {"_exit"}


@tagged("post_install", "-at_install")
class TestOdooPrivate(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"].search([("state", "=", "installed")])
        cls.addons = {
            name: ADDONS / name
            for name in installed.mapped("name")
            if name.startswith("telephony_") and (ADDONS / name / "tests").is_dir()
        }

    def test_what_odoo_keeps_private_is_as_it_was(self):
        for name, folder in sorted(self.addons.items()):
            with self.subTest(name):
                lines = [
                    *self.describe_imports(folder),
                    *self.describe_overrides(f"odoo.addons.{name}."),
                    *self.describe_calls(folder),
                ]
                path = folder / "tests" / "odoo_private.txt"
                if lines or path.exists():
                    assert_snapshot(self, path, lines)

    def test_a_change_is_named(self):
        """Whatever may change: a name that is gone, arguments, a method's kind."""
        self.assertEqual(signature(_Example.method), "(self, one, *, two='x')")
        self.assertEqual(signature(_Example.attribute), " is an int")
        gone = self.describe_call("_gone", "ir.cron")
        self.assertEqual(gone, "ir.cron._gone is gone")
        with self.assertRaises(KeyError):
            self.describe_owned({"_new_private_name"})

    def describe_imports(self, folder):
        """Return what an addon's ``odoo_compat.py`` imports, with signatures."""
        path = Path(odoo_compat.__file__)
        if path.parent != folder:
            return []
        tree = ast.parse(path.read_text())
        return sorted(
            f"import {node.module}.{alias.name}"
            f"{signature(getattr(odoo_compat, alias.name))}"
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )

    def describe_overrides(self, package):
        """Return which private methods of Odoo the models of an addon override."""
        found = set()
        for model in self.registry.values():
            chain = model.__mro__
            for index, cls in enumerate(chain):
                if not cls.__module__.startswith(package):
                    continue
                for name in vars(cls):
                    if not re.match(r"_(?!_|[A-Z])", name):
                        continue
                    origin = find_origin(chain[index + 1 :], name)
                    if origin and callable(getattr(origin, name)):
                        text = signature(inspect.getattr_static(origin, name))
                        owner = getattr(origin, "_name", None) or origin.__name__
                        found.add(f"override {owner}.{name}{text}")
        return sorted(found)

    def describe_calls(self, folder):
        """Return which private names of Odoo's objects an addon's code uses."""
        return self.describe_owned(find_used(folder) - PYTHONS)

    def describe_owned(self, names):
        return [self.describe_call(name, OWNERS[name]) for name in sorted(names)]

    def describe_call(self, name, owner):
        cls = self.registry[owner] if isinstance(owner, str) else owner
        shown = owner if isinstance(owner, str) else f"fields.{owner.__name__}"
        # What is no part of a definition is set on the class that a registry makes.
        origin = find_origin(cls.__mro__, name) or cls
        if not hasattr(origin, name):
            return f"{shown}.{name} is gone"
        text = signature(inspect.getattr_static(origin, name))
        return f"use {shown}.{name}{text}"


class _Example:
    attribute = 1

    def method(self, one: int, *, two="x"):
        """An example."""


def find_origin(chain, name):
    """Return the class of Odoo that brought a name: the last one that has it.

    A class that a registry makes is no definition.
    """
    owners = [
        cls
        for cls in chain
        if name in vars(cls)
        and not cls.__module__.startswith(OURS)
        and (not issubclass(cls, BaseModel) or cls is BaseModel or is_definition(cls))
    ]
    return owners[-1] if owners else None


def is_definition(cls):
    """Say whether a model's class was written, not put together by a registry."""
    return "pool" not in vars(cls)


def signature(value):
    """Return how something is called, or what it is where it is not called."""
    value = getattr(value, "__func__", value)
    if isinstance(value, type) and issubclass(value, BaseException):
        return f" is an exception, as {value.__base__.__name__}"
    if not callable(value):
        kind = type(value).__name__
        return f" is a{'n' if kind[0] in 'aeiou' else ''} {kind}"
    described = inspect.signature(value)
    plain = [
        parameter.replace(annotation=parameter.empty)
        for parameter in described.parameters.values()
    ]
    return str(described.replace(parameters=plain, return_annotation=described.empty))


def find_used(folder):
    """Return the private names that an addon uses and none of ours defines."""
    ours = set()
    for path in ADDONS.glob("telephony_*/**/*.py"):
        ours |= set(find_defined(ast.parse(path.read_text())))
    return {
        node.attr
        for path in folder.glob("**/*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and re.match(r"_(?!_)", node.attr)
    } - ours


def find_defined(tree):
    """Yield every name that a file defines or sets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
