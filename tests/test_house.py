"""Each addon keeps to its rooms: what it imports, and whom it names."""

import ast
import re

import pytest

from tools.stack.paths import ADDONS, BASE, ROOT, manifest

PACKAGE = "odoo.addons."
# Who offers to install the others must name them.
MAY_NAME = {
    "models/res_config_settings.py",
    "views/res_config_settings_views.xml",
    "static/description/index.html",
}
# What belongs to other modules, or to addons of ours that are installed beside.
FOREIGN = (
    *(addon for addon in ADDONS if addon != BASE),
    "base_automation",
    "__action_done",
    "hr.employee",
    "event.registration",
)
SUFFIXES = {".py", ".xml", ".js", ".csv", ".sql"}


def files(addon, *suffixes):
    """
    :return: the files of an addon, without tests, and upgrades from what it was.
    """
    return [
        path
        for path in sorted((ROOT / addon).rglob("*"))
        if path.suffix in suffixes
        and not {"tests", "i18n", "migrations"}
        & set(path.relative_to(ROOT / addon).parts)
    ]


def reachable(addon):
    """
    :return: the addons of this repository that one depends on, and itself.
    """
    needed = {name for name in manifest(addon)["depends"] if name in ADDONS}
    return {addon}.union(*map(reachable, needed))


def imported(path):
    """
    :return: the addons that a file imports by their whole name.
    """
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
    return {
        name.removeprefix(PACKAGE).partition(".")[0]
        for name in names
        if name.startswith(PACKAGE)
    }


@pytest.mark.parametrize("addon", ADDONS)
def test_python_imports_follow_the_dependencies(addon):
    for path in (ROOT / addon).rglob("*.py"):
        foreign = imported(path) & set(ADDONS) - reachable(addon)
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


@pytest.mark.parametrize("addon", ADDONS)
def test_javascript_imports_follow_the_dependencies(addon):
    for path in (ROOT / addon).rglob("*.js"):
        found = set(re.findall(r'from "@(telephony_\w+)/', path.read_text()))
        foreign = found - reachable(addon)
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_the_base_names_nobody_else():
    named = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(BASE, *SUFFIXES)
        if path.relative_to(ROOT / BASE).as_posix() not in MAY_NAME
        for name in FOREIGN
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", path.read_text())
    ]
    assert named == []


def test_the_rules_would_find_a_fault(tmp_path):
    path = tmp_path / "example.py"
    path.write_text("from odoo.addons.telephony_recording.tools import x\nimport os\n")
    assert imported(path) == {"telephony_recording"}
    assert "telephony_recording" not in reachable(BASE)
    assert reachable("telephony_recording") == {"telephony_recording", BASE}
