"""``make i18n`` brings the translations in line with the code."""

import polib

from tools.stack.texts import bring_in_line


def write(path, terms, **metadata):
    file = polib.POFile()
    file.metadata = metadata
    file.extend(polib.POEntry(msgid=said, msgstr=told) for said, told in terms.items())
    file.save(path)
    return path


def test_a_translation_keeps_what_the_code_still_has(tmp_path):
    template = write(tmp_path / "x.pot", {"Call": "", "Hold": ""}, Language="")
    path = write(tmp_path / "fr.po", {"Gone": "Parti", "Call": "Appel"}, Language="fr")
    assert bring_in_line(path, template, path) == 1, "one is to be translated"
    translation = polib.pofile(path)
    told = {term.msgid: term.msgstr for term in translation}
    assert told == {"Call": "Appel", "Hold": ""}
    assert [*told] == ["Call", "Hold"], "in the order of the template"
    assert translation.metadata["Language"] == "fr"


def test_an_addon_gets_the_languages_that_others_have(tmp_path):
    template = write(tmp_path / "x.pot", {"Call": ""}, Language="")
    model = write(tmp_path / "model.po", {"Other": "Autre"}, Language="fr")
    path = tmp_path / "fr.po"
    assert bring_in_line(path, template, model) == 1
    translation = polib.pofile(path)
    assert {term.msgid: term.msgstr for term in translation} == {"Call": ""}
    assert translation.metadata["Language"] == "fr"
