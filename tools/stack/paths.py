"""Where things lie; what another installation takes the place of."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
ADDON = "telephony_connector"

ASTERISK = Path(os.environ.get("ASTERISK_DIR") or LOCAL / "asterisk").absolute()
RUN_ASTERISK = ROOT / "tools" / "asterisk" / "run-asterisk"
TEXTS = ROOT / ADDON / "i18n" / f"{ADDON}.pot"
SCREENSHOTS = LOCAL / "screenshots"

ODOO_BIN = os.environ.get("ODOO_BIN") or str(LOCAL / "odoo" / "bin" / "odoo")
ADDONS_PATH = ",".join(filter(None, (str(ROOT), os.environ.get("ODOO_ADDONS_PATH"))))


def shown(path):
    """
    :return: ``path`` as a person at the top of the repository would type it.
    """
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
