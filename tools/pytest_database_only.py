"""A pytest plugin: only tests that ask Odoo's database.

What needs no database is the same whatever is installed, and has run before.
"""

from odoo.tests import TransactionCase


def pytest_collection_modifyitems(config, items):
    """Leave out what is no test case with a database."""
    asking = [item for item in items if issubclass(item.cls or object, TransactionCase)]
    config.hook.pytest_deselected(items=[each for each in items if each not in asking])
    items[:] = asking
