"""Each addon keeps to its rooms: what it imports, and whom it names."""

import ast
import re
import sys

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
# Where a telephone system's kind is compared with one: in Python, views, domains.
COMPARED = r"""provider["']?\s*(?:[!=]=|,\s*["'][!=]?=["'],)\s*["'](\w+)["']"""
SUFFIXES = {".py", ".xml", ".js", ".csv", ".sql"}
# A model is one file, or two where a second topic is large.
MAX_FILES = 2
MAX_LINES = 900
# Of these a model has one each, wherever it stands: what a row is stored with must not
# depend on the order in which files are loaded.
CRUD = {"create", "write", "unlink", "copy", "copy_data", "default_get"}
# What Odoo offers to addons; anything else of its own is private.
PUBLIC = {
    "odoo",
    "odoo.api",
    "odoo.cli.command",
    "odoo.exceptions",
    "odoo.fields",
    "odoo.http",
    "odoo.models",
    "odoo.modules",
    "odoo.tests",
    "odoo.tools",
}
# Of other addons, what their tests offer to those of others.
PUBLIC_TO_TESTS = re.compile(r"odoo\.(tests\.common|addons\.\w+\.tests(\.\w+)?)")
# Packages that Odoo itself needs.
OF_ODOO = {"dateutil", "lxml", "markupsafe", "psycopg2", "pytz", "werkzeug"}
# Who may import what is private: the code, and the tests.
PRIVATE_USERS = {"odoo_compat.py", "tests/odoo_compat.py"}


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


def private_imports(path, is_test):
    """
    :return: what a file imports of Odoo that is no public API: "module.name".
    """
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [(each.name, "") for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [(node.module, each.name) for each in node.names]
        else:
            continue
        found |= {
            f"{module}.{name}".rstrip(".")
            for module, name in names
            if not is_public(module, name, is_test)
        }
    return found


def is_public(module, name, is_test):
    """
    :return: whether an import is of ours, of another package, or of Odoo's public API.
    """
    if module.partition(".")[0] != "odoo" or module.startswith(f"{PACKAGE}telephony_"):
        return True
    if name.startswith("_"):
        return False
    if is_test and PUBLIC_TO_TESTS.fullmatch(module):
        return True
    return module in PUBLIC or module.startswith("odoo.tools.")


def get_model(node):
    """
    :return: the name of the model that a class defines or extends, ``None`` for others.
    """
    names = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(
            statement.targets[0], ast.Name
        ):
            names[statement.targets[0].id] = statement.value
    for key in ("_name", "_inherit"):
        value = names.get(key)
        if isinstance(value, ast.List) and len(value.elts) == 1:
            (value,) = value.elts
        if isinstance(value, ast.Constant):
            return value.value
    return None


def read_models(paths):
    """
    :return: for each model the files that it stands in, and the CRUD methods that it
        defines there, one a definition.
    """
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and (model := get_model(node)):
                names, methods = found.setdefault(model, (set(), []))
                names.add(path.name)
                methods += [
                    each.name
                    for each in node.body
                    if isinstance(each, ast.FunctionDef) and each.name in CRUD
                ]
    return found


def is_scattered(names, methods):
    """
    :return: whether a model stands in too many files, or defines a method twice.
    """
    return len(names) > MAX_FILES or len(methods) > len(set(methods))


def test_a_model_is_one_file_or_two():
    scattered = {
        (addon, model)
        for addon in ADDONS
        for model, places in read_models(files(addon, ".py")).items()
        if is_scattered(*places)
    }
    assert scattered == set()


@pytest.mark.parametrize("addon", ADDONS)
def test_files_can_be_read_at_a_sitting(addon):
    for path in files(addon, ".py", ".js", ".xml", ".scss"):
        count = len(path.read_text().splitlines())
        assert count <= MAX_LINES, f"{path.relative_to(ROOT)} has {count} lines"


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


def test_what_odoo_keeps_private_is_imported_in_one_file():
    private = {
        f"{path.relative_to(ROOT)}: {name}"
        for addon in ADDONS
        for path in (ROOT / addon).rglob("*.py")
        if path not in {ROOT / BASE / user for user in PRIVATE_USERS}
        for name in private_imports(path, "tests" in path.parts)
    }
    assert private == set()


def test_each_private_import_is_used():
    texts = {
        path: path.read_text()
        for addon in ADDONS
        for path in (ROOT / addon).rglob("*.py")
        if path.name != "odoo_compat.py"
    }
    for user in PRIVATE_USERS:
        names = {
            alias.name
            for node in ast.parse((ROOT / BASE / user).read_text()).body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        shipped = [
            text
            for path, text in texts.items()
            if user.startswith("tests/") or "tests" not in path.parts
        ]
        unused = {
            name
            for name in names
            if not any(re.search(rf"(?<!\w){name}(?!\w)", text) for text in shipped)
        }
        assert unused == set(), f"nothing takes them from {user}"


def packages(path):
    """
    :return: the packages of others that a file imports.
    """
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"odoo"}


def test_a_plain_install_brings_every_package():
    """The manifest names them, the set-up pins them, the README tells of them."""
    readme = (ROOT / "README.md").read_text()
    pinned = re.findall(
        r"^([\w-]+)==", (ROOT / "tools/odoo/requirements.txt").read_text(), re.M
    )
    for addon in ADDONS:
        used = set().union(*map(packages, files(addon, ".py"))) - OF_ODOO
        named = {
            name
            for each in reachable(addon)
            for name in manifest(each).get("external_dependencies", {"python": ()})[
                "python"
            ]
        }
        assert used <= named, addon
        assert named <= set(pinned)
    for name in manifest(BASE)["external_dependencies"]["python"]:
        assert re.search(rf"pip install [^`]*\b{name}\b", readme), name


def test_the_base_knows_no_telephone_system_of_an_addon():
    """Not by name: tests of the base, too, and parts of words."""
    named = [
        str(path.relative_to(ROOT))
        for path in (ROOT / BASE).rglob("*")
        if path.suffix in SUFFIXES
        and path.relative_to(ROOT / BASE).as_posix() not in MAY_NAME
        and not {"i18n", "migrations"} & set(path.parts)
        and "mightycall" in path.read_text().lower()
    ]
    assert named == []


@pytest.mark.parametrize("addon", ADDONS)
def test_kinds_of_telephone_systems_are_compared_by_their_owners(addon):
    """All others ask what the kind can do: ``has_listener`` and its like."""
    compared = [
        f"{path.relative_to(ROOT)}: {kind}"
        for path in files(addon, ".py", ".xml", ".js")
        for kind in re.findall(COMPARED, path.read_text())
        if kind not in path.name and kind not in addon
    ]
    assert compared == []


def test_the_rules_would_find_a_fault(tmp_path):
    path = tmp_path / "example.py"
    path.write_text("from odoo.addons.telephony_recording.tools import x\nimport os\n")
    assert imported(path) == {"telephony_recording"}
    for text in (
        'pbx.provider == "asterisk"',
        "invisible=\"provider != 'asterisk'\"",
        '[("provider", "=", "asterisk")]',
    ):
        assert re.findall(COMPARED, text) == ["asterisk"]
    assert "telephony_recording" not in reachable(BASE)
    assert reachable("telephony_recording") == {"telephony_recording", BASE}
    path.write_text(
        "import odoo.sql_db\n"
        "from odoo.http import request, _generate_routing_rules\n"
        "from odoo.addons.mail.tests.common import MailCase\n"
        "from odoo.tools.misc import formatLang\n"
    )
    assert private_imports(path, is_test=True) == {
        "odoo.sql_db",
        "odoo.http._generate_routing_rules",
    }
    assert "odoo.addons.mail.tests.common.MailCase" in private_imports(path, False)


def test_the_rule_of_models_would_find_a_fault(tmp_path):
    text = """
class One(models.Model):
    _inherit = "telephony.call"

    def write(self, vals):
        return super().write(vals)
"""
    paths = [tmp_path / f"{name}.py" for name in "abc"]
    for path in paths:
        path.write_text(text)
    for count, wanted in ((1, False), (2, True), (3, True)):
        places = read_models(paths[:count])["telephony.call"]
        assert is_scattered(*places) is wanted
    for path in paths:
        path.write_text(text.replace("def write", "def _write_note"))
    assert not is_scattered(*read_models(paths[:2])["telephony.call"])
    assert is_scattered(*read_models(paths)["telephony.call"])
