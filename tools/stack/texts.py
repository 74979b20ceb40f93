"""``make i18n``: the template of the addon's translations."""

from .odoo import Odoo
from .paths import TEXTS, shown
from .postgres import Postgres
from .say import say


def export():
    """Write the template anew, from the code as it is."""
    postgres = Postgres()
    odoo = Odoo(postgres, "texts")
    try:
        odoo.create()
        odoo.install()
        TEXTS.parent.mkdir(exist_ok=True)
        TEXTS.write_text(odoo.export_texts())
    finally:
        postgres.drop(odoo.database)
        postgres.stop()
    say(f"{shown(TEXTS)} is written.")
    return 0
