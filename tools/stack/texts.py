"""``make i18n``: the templates of the addons' translations."""

from .odoo import Odoo
from .paths import ADDONS, shown, texts
from .postgres import Postgres
from .say import say


def export():
    """Write the templates anew, from the code as it is."""
    postgres = Postgres()
    odoo = Odoo(postgres, "texts")
    try:
        odoo.create(ADDONS)
        odoo.install(ADDONS)
        for addon in ADDONS:
            texts(addon).parent.mkdir(exist_ok=True)
            texts(addon).write_text(odoo.export_texts(addon))
            say(f"{shown(texts(addon))} is written.")
    finally:
        postgres.drop(odoo.database)
        postgres.stop()
    return 0
