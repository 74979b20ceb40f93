import ast
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parent.parent
STDLIB = set(sys.stdlib_module_names)
# What each part may import beside the standard library, as names of packages; those
# that begin with a dot are parts of the addon.
ALLOWED = {
    "engine": {".engine", "phonenumbers"},
    "ami": {".ami", ".engine", "panoramisk"},
}
# Parts of the standard library that some may not use.
FORBIDDEN = {
    "engine": {"asyncio", "socket", "threading", "subprocess", "http"},
    "ami": {"threading", "subprocess", "http"},
    "models": {"asyncio"},
    "controllers": {"asyncio"},
    "wizards": {"asyncio"},
    "providers": {"asyncio"},
}
# In ``listener/``, who may know both asyncio and Odoo: the one that joins them.
BRIDGE = "bridge.py"


def imports(path):
    """Return the packages that a file imports: names of the addon's parts begin with a
    dot."""
    depth = len(path.relative_to(ADDON).parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= _from(node, path, depth)
    return found


def _from(node, path, depth):
    if node.level == 0:
        parts = node.module.split(".")
        if parts[:3] == ["odoo", "addons", "telephony_connector"]:
            return {"." + (parts[3] if len(parts) > 3 else "")}
        return {parts[0]}
    above = path.relative_to(ADDON).parts[: depth - node.level]
    inside = [*above, *(node.module or "").split(".")]
    inside = [part for part in inside if part]
    if inside:
        return {"." + inside[0]}
    return {"." + alias.name for alias in node.names}


def files(part):
    return sorted((ADDON / part).rglob("*.py"))


@tagged("telephony")
class TestImportRules(BaseCase):
    def test_the_pure_parts_import_what_they_may(self):
        for part, allowed in ALLOWED.items():
            self.assertTrue(files(part), part)
            for path in files(part):
                with self.subTest(file=str(path.relative_to(ADDON))):
                    self.assertFalse(imports(path) - STDLIB - allowed)

    def test_no_part_uses_what_is_not_its_business(self):
        for part, forbidden in FORBIDDEN.items():
            for path in files(part):
                with self.subTest(file=str(path.relative_to(ADDON))):
                    self.assertFalse(imports(path) & forbidden)

    def test_panoramisk_is_wrapped_in_one_file(self):
        users = {
            path.relative_to(ADDON).as_posix()
            for path in sorted(ADDON.rglob("*.py"))
            if "panoramisk" in imports(path)
        }
        self.assertEqual(users, {"ami/session.py"})

    def test_one_file_joins_the_listener_and_odoo(self):
        for path in files("listener"):
            if path.name != BRIDGE:
                with self.subTest(file=path.name):
                    self.assertFalse(imports(path) & {"odoo", ".odoo_compat"})

    def test_the_walk_sees_every_form_of_import(self):
        path = ADDON / "ami" / "example.py"
        tree = (
            "import os.path\nfrom . import wire\nfrom ..engine import call\n"
            "from .. import models\nfrom odoo.addons.telephony_connector.cli import x\n"
            "def later():\n    import panoramisk.manager\n"
        )
        found = set()
        for node in ast.walk(ast.parse(tree)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= _from(node, path, len(path.relative_to(ADDON).parts))
        self.assertEqual(
            found, {"os", ".ami", ".engine", ".models", ".cli", "panoramisk"}
        )
