"""Where things lie; what another installation takes the place of."""

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BASE = "telephony_connector"
"""The addon that all others depend on."""
ADDONS = (
    BASE,
    *sorted(
        path.parent.name
        for path in ROOT.glob("*/__manifest__.py")
        if path.parent.name != BASE
    ),
)
"""All addons of this repository; those that are installed by themselves, too."""

ASTERISK = Path(os.environ.get("ASTERISK_DIR") or LOCAL / "asterisk").absolute()
RUN_ASTERISK = ROOT / "tools" / "asterisk" / "run-asterisk"
SCREENSHOTS = LOCAL / "screenshots"

ODOO_BIN = os.environ.get("ODOO_BIN") or str(LOCAL / "odoo" / "bin" / "odoo")
ADDONS_PATH = ",".join(filter(None, (str(ROOT), os.environ.get("ODOO_ADDONS_PATH"))))


def shown(path):
    """
    :return: ``path`` as a person at the top of the repository would type it.
    """
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@cache
def manifest(addon):
    """
    :return: the manifest of an addon of this repository, a dict.
    """
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def dependencies(addons):
    """
    :return: the names of Odoo's own addons that these need, sorted.
    """
    needed = {name for addon in addons for name in manifest(addon)["depends"]}
    ours = needed & set(ADDONS)
    return sorted(needed - ours | set(dependencies(ours) if ours else ()))


def texts(addon):
    """
    :return: the path of the template of an addon's translations.
    """
    return ROOT / addon / "i18n" / f"{addon}.pot"
