"""Each translation is whole, and no text that a user sees escapes it."""

import ast
import re
from collections import Counter
from pathlib import Path

import polib
from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools.translate import OWL_TRANSLATED_ATTRS

ADDONS = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[a-z]\b|\{[^{}]*\}")
# Of HTML: “<the token>” is a text.
TAG = re.compile(
    r"</?(?:a|b|br|code|div|em|h\d|i|img|li|ol|p|pre|small|span|strong|t|table|tbody|td"
    r"|th|thead|tr|u|ul)\b[^<>]*>"
)
# What a reader is told by an attribute is translated, the rest of a tag is not.
TOLD = re.compile(r'(?<= )(title|aria-label|alt|placeholder)="[^"]*"')
SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]|(?<![\w-])[a-z]{2,} [a-z]{2,}(?![\w-])")
WORD = re.compile(r"[A-Z][a-z]")
# Where Python and JavaScript put what is shown.
SHOWN = {
    *("body", "cancelLabel", "confirmLabel", "description", "displayName"),
    *("display_name", "help", "label", "message", "placeholder", "subject"),
    *("subtitle", "summary", "title", "tooltip", "warning"),
}
JAVASCRIPT = re.compile(
    r"/\*.*?\*/|//[^\n]*"  # comments, which are skipped
    r'|(?P<before>[\w.]*\(|[\w"]+:)?\s*(?P<text>"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)',
    re.DOTALL,
)


def find_placeholders(text):
    """Count what a program puts something in place of."""
    return Counter(PLACEHOLDER.findall(TAG.sub("", text)))


def find_tags(text):
    """Count the tags, without what they tell a reader."""
    return Counter(TOLD.sub(r"\1", tag) for tag in TAG.findall(text))


def find_edges(text):
    """Return the line breaks and blanks around a text that the next one relies on."""
    return re.match(r"[ \n]*", text)[0], re.search(r"[ \n]*\Z", text)[0]


def find_faults(translation, template):
    """Yield what is wrong with a translation.

    :param translation: a ``polib.POFile``
    :param template: the one that the code gave, as ``make i18n`` writes it
    """
    terms = [(term.msgctxt, term.msgid) for term in template]
    for term in translation:
        if term.obsolete:
            yield f"is obsolete: {term.msgid}"
        elif (term.msgctxt, term.msgid) not in terms:
            yield f"is not in the code: {term.msgid}"
        elif "fuzzy" in term.flags:
            yield f"is a guess: {term.msgid}"
        elif term.msgid_plural:
            yield f"has forms for a plural: {term.msgid}"
        elif not term.msgstr.strip():
            yield f"is not translated: {term.msgid}"
        else:
            for find in (find_placeholders, find_tags, find_edges):
                if find(term.msgid) != find(term.msgstr):
                    yield f"{find.__name__} differs: {term.msgid}"
    found = [(term.msgctxt, term.msgid) for term in translation]
    for _context, term in [term for term in terms if term not in found]:
        yield f"is missing: {term}"
    if len(set(found)) != len(found):
        yield "terms stand there twice"


def find_untranslated_javascript(source):
    """Yield the texts of a JavaScript file that are shown as they are."""
    for match in JAVASCRIPT.finditer(source):
        text, before = match["text"] or "", match["before"] or ""
        if before == "_t(" or text.startswith("`\n") or "<" in text:
            continue
        key = before.rstrip(":").strip('"')
        shown = WORD.match(text[1:]) and (key in SHOWN or key.endswith(".add("))
        if SENTENCE.search(text) or shown:
            yield text


def find_untranslated_template(element):
    """Yield the texts of a template's element that Odoo doesn't translate.

    Of a component's properties it translates those that end with ``.translate``.
    """
    is_component = element.tag[0].isupper() or bool(
        {"t-component", "t-set-slot"} & {*element.attrib}
    )
    for name, value in element.attrib.items():
        if name.endswith(".translate") or not (is_component or name.startswith("t-")):
            continue
        for text in re.findall(r"'[^']*'|`[^`]*`", value):
            if SENTENCE.search(text) and "class" not in name.lower():
                yield text
            elif name.removeprefix("t-att-") in OWL_TRANSLATED_ATTRS:
                if WORD.match(text[1:]):
                    yield text


def find_untranslated_python(tree):
    """Yield the texts of Python code that are shown as they are."""
    shown = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            shown += [v for k, v in pairs if getattr(k, "value", None) in SHOWN]
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name.endswith(("UserError", "ValidationError", "AccessError")):
                shown += node.args
            elif name in ("message_post", "activity_schedule", "RedirectWarning"):
                shown += [*node.args, *(word.value for word in node.keywords)]
    for node in shown:
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            for text in ast.walk(node):
                value = getattr(text, "value", None)
                if isinstance(value, str) and WORD.match(value):
                    yield value


@tagged("telephony")
class TestTranslations(BaseCase):
    def find_languages(self):
        """Return the files of each addon: {addon: {language: path}}."""
        return {
            folder.parent.name: {path.stem: path for path in folder.glob("*.po")}
            for folder in sorted(ADDONS.glob("telephony_*/i18n"))
        }

    def test_every_translation_is_whole(self):
        """Complete, with the same placeholders and tags, and nothing besides."""
        for addon, languages in self.find_languages().items():
            template = polib.pofile(ADDONS / addon / "i18n" / f"{addon}.pot")
            for language, path in languages.items():
                with self.subTest(addon=addon, language=language):
                    self.assertEqual([*find_faults(polib.pofile(path), template)], [])

    def test_every_addon_has_every_language(self):
        found = self.find_languages()
        every = {*found["telephony_connector"]}
        self.assertGreaterEqual(every, {"de", "es", "fr"})
        for addon, languages in found.items():
            with self.subTest(addon=addon):
                self.assertEqual({*languages}, every)

    def test_every_header_tells_its_language(self):
        for addon, languages in self.find_languages().items():
            for language, path in languages.items():
                with self.subTest(addon=addon, language=language):
                    header = polib.pofile(path).metadata
                    self.assertEqual(header["Language"], language)
                    self.assertEqual(
                        header["Content-Type"], "text/plain; charset=UTF-8"
                    )
                    self.assertNotIn("Plural-Forms", header, "Odoo knows none")
                    self.assertIn(f"* {addon}\n", path.read_text())

    def test_the_same_text_is_translated_the_same_way(self):
        """In all addons: a form shows the texts of several."""
        known = {}
        for languages in self.find_languages().values():
            for language, path in languages.items():
                for term in polib.pofile(path):
                    first = known.setdefault((language, term.msgid), term.msgstr)
                    with self.subTest(language=language, text=term.msgid):
                        self.assertEqual(term.msgstr, first)

    def test_a_fault_of_a_translation_is_found(self):
        template = polib.POFile()
        template.append(polib.POEntry(msgid="<b>%(name)s</b> calls\n"))
        for text, fault in (
            ("<b>%(name)s</b> appelle\n", None),
            ("", "is not translated"),
            ("<b>%(nom)s</b> appelle\n", "find_placeholders differs"),
            ("<i>%(name)s</i> appelle\n", "find_tags differs"),
            ("<b>%(name)s</b> appelle", "find_edges differs"),
        ):
            term = polib.POEntry(msgid=template[0].msgid, msgstr=text)
            with self.subTest(text=text):
                found = [each.split(":")[0] for each in find_faults([term], template)]
                self.assertEqual(found, [fault] if fault else [])
        guess = polib.POEntry(msgid=template[0].msgid, msgstr="x", flags=["fuzzy"])
        gone = polib.POEntry(msgid="gone", msgstr="parti")
        found = [each.split(":")[0] for each in find_faults([guess, gone], template)]
        self.assertEqual(found, ["is a guess", "is not in the code"])
        found = [each.split(":")[0] for each in find_faults([gone], template)]
        self.assertEqual(found, ["is not in the code", "is missing"])


@tagged("telephony")
class TestUntranslated(BaseCase):
    def find_files(self, pattern, *without):
        return [
            path
            for path in sorted(ADDONS.glob(pattern))
            if not {"tests", "migrations", *without} & {*path.parts}
        ]

    def test_javascript(self):
        files = self.find_files("telephony_*/static/src/**/*.js")
        self.assertGreater(len(files), 40)
        for path in files:
            with self.subTest(path.relative_to(ADDONS)):
                found = [*find_untranslated_javascript(path.read_text())]
                self.assertEqual(found, [])

    def test_templates_and_views(self):
        files = self.find_files("telephony_*/**/*.xml")
        self.assertGreater(len(files), 60)
        for path in files:
            for element in etree.parse(str(path)).iter(etree.Element):
                with self.subTest(path.relative_to(ADDONS), line=element.sourceline):
                    self.assertEqual([*find_untranslated_template(element)], [])

    def test_a_label_is_a_string(self):
        """Odoo shows a field's own name in place of the text within its label."""
        for path in self.find_files("telephony_*/views/*.xml"):
            for label in etree.parse(str(path)).iter("label"):
                with self.subTest(path.relative_to(ADDONS), label=label.get("for")):
                    self.assertFalse((label.text or "").strip())

    def test_python(self):
        """Pylint looks at errors alone."""
        without = "cli", "commands", "controllers", "__manifest__.py"
        files = self.find_files("telephony_*/**/*.py", *without)
        self.assertGreater(len(files), 100)
        for path in files:
            with self.subTest(path.relative_to(ADDONS)):
                found = [*find_untranslated_python(ast.parse(path.read_text()))]
                self.assertEqual(found, [])

    def test_what_escapes_is_found(self):
        for source in (
            'notification.add("Nobody is there")',
            'dialog.add(Confirm, { title: "Call" })',
            'const told = busy ? "is busy now" : _t("is free now");',
            "return `Call ${name} now please`;",
        ):
            with self.subTest(source):
                self.assertTrue([*find_untranslated_javascript(source)])
        for source in (
            '_t("Nobody is there")  // Nobody is there',
            'const icon = "fa-phone text-danger";',
            "/* Nobody is there */",
        ):
            with self.subTest(source):
                self.assertFalse([*find_untranslated_javascript(source)])
        for source in (
            "<Dialog title=\"'Call back'\" />",
            "<button t-att-title=\"busy ? 'Busy' : ''\" />",
            "<t t-out=\"'Nobody is there'\" />",
        ):
            with self.subTest(source):
                element = etree.fromstring(source)
                self.assertTrue([*find_untranslated_template(element)])
        for source in (
            'UserError("Nobody")',
            '{"title": "Nobody"}',
            'record.message_post(body="Nobody")',
            'UserError("Nobody: %s" % name)',
            'UserError(f"Nobody: {name}")',
        ):
            with self.subTest(source):
                self.assertTrue([*find_untranslated_python(ast.parse(source))])
        source = 'UserError(self.env._("Nobody"))'
        self.assertFalse([*find_untranslated_python(ast.parse(source))])
