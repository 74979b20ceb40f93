"""``make i18n``: the templates of the addons' translations, and these by them."""

import polib

from .odoo import Odoo
from .paths import ADDONS, BASE, shown, texts
from .postgres import Postgres
from .say import say


def export():
    """Write the templates anew, from the code as it is, and bring the rest in line.

    Every addon has the languages of the first one.
    """
    postgres = Postgres()
    odoo = Odoo(postgres, "texts")
    try:
        odoo.create(ADDONS)
        odoo.install(ADDONS)
        for addon in ADDONS:
            template = texts(addon)
            template.parent.mkdir(exist_ok=True)
            template.write_text(odoo.export_texts(addon))
            say(f"{shown(template)} is written.")
            for model in sorted(texts(BASE).parent.glob("*.po")):
                path = template.with_name(model.name)
                if missing := bring_in_line(path, template, model):
                    say(f"{shown(path)}: {missing} texts to translate.")
    finally:
        postgres.drop(odoo.database)
        postgres.stop()
    return 0


def bring_in_line(path, template, model):
    """Write a translation anew: the terms of a template, as far as they are known.

    A new term is empty; one that the code no longer has goes.

    :param path: of the translation, which may be yet to come
    :param model: a translation into the same language, whose header it gets
    :return: how many terms are not translated.
    """
    old = polib.pofile(path) if path.exists() else ()
    known = {term.msgid: term.msgstr for term in old}
    translation = polib.pofile(template)
    translation.metadata = polib.pofile(model).metadata
    for term in translation:
        term.msgstr = known.get(term.msgid, "")
    translation.save(path)
    return len(translation.untranslated_entries())
