"""What an addon says is said by codes that have texts, in the reader's language."""

import ast
import re
from pathlib import Path
from unittest.mock import patch

from odoo.tools.translate import code_translations

from ..engine import errors, texts
from ..engine.errors import TelephonyError
from .common import TelephonyCommon

ADDONS = Path(__file__).parents[2]
FRENCH = "fr_FR"


class EveryTextTranslated(dict):
    """Translations in which each text is there, and can be told from its source."""

    def get(self, source, _default=None):
        return f"«{source}»"


class FrenchCase(TelephonyCommon):
    """Alice and the administrator read French."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(FRENCH)
        cls.alice.lang = FRENCH
        every = EveryTextTranslated()
        original = code_translations.get_python_translations

        def get(module, lang):
            ours = module.startswith("telephony_") and lang == FRENCH
            return every if ours else original(module, lang)

        cls.startClassPatcher(
            patch.object(code_translations, "get_python_translations", get)
        )

    def in_french(self, record):
        return record.with_context(lang=FRENCH)

    def assertTranslated(self, text):
        """Make sure that no part of a text is as the code has it."""
        self.assertTrue(text)
        depth, outside = 0, ""
        for char in text:
            depth += (char == "«") - (char == "»")
            outside += "" if depth or char == "»" else char
        self.assertNotRegex(outside, r"[A-Za-z]{2}", text)


def find_classes(cls=TelephonyError):
    """Yield the classes of errors, of addons that are not installed, too."""
    yield cls
    for each in cls.__subclasses__():
        yield from find_classes(each)


class CodesCase(FrenchCase):
    """Every code that an addon says has a text.

    The test class sets ``addon``; ``least``, how many codes the walk must find; and
    ``templates``, the texts that are the addon's own.
    """

    addon = ""
    least = 1
    templates = {}

    def find_files(self):
        """Return the addon's code, without tests."""
        return [
            path
            for path in sorted((ADDONS / self.addon).rglob("*.py"))
            if "tests" not in path.parts
        ]

    def find_codes(self):
        """Return the codes that the code says: {code: where}.

        Of each call of `text`, and of each error that is raised or handed on with a
        reason.
        """
        found = {}
        for path in self.find_files():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    for code in self.find_said(node):
                        found[code] = f"{path.relative_to(ADDONS)}:{node.lineno}"
        return found

    def find_own_classes(self):
        """Return the classes of errors that are the addon's."""
        begin = f"odoo.addons.{self.addon}."
        return [cls for cls in find_classes() if cls.__module__.startswith(begin)]

    def find_said(self, call):
        """Return the codes that one call says."""
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        said = [word.value for word in call.keywords if word.arg == "reason"]
        if name == "text" or (
            self.is_error(name) and name not in ("ActionRefused", "SwitchedOff")
        ):
            said = call.args[:1]
        elif name != "ActionRefused":
            return []
        return [
            node.value
            for each in said
            for node in ast.walk(each)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]

    def is_error(self, name):
        known = [cls for cls in find_classes() if cls.__module__ == errors.__name__]
        return any(cls.__name__ == name for cls in (*known, *self.find_own_classes()))

    def test_every_code_has_a_text(self):
        templates = self.env["telephony.text"]._get_templates()
        codes = self.find_codes()
        self.assertGreaterEqual(len(codes), self.least, "the walk finds them")
        codes |= {cls.code: cls.__name__ for cls in self.find_own_classes()}
        for code, where in codes.items():
            with self.subTest(code=code, where=where):
                self.assertIn(code, list(templates))

    def test_no_text_is_for_a_code_that_nothing_says(self):
        said = {
            node.value
            for path in self.find_files()
            if path.name not in ("texts.py", "telephony_text.py")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
        }
        self.assertFalse(self.templates.keys() - said)

    def test_every_text_is_translated(self):
        """In its parameters, too."""
        rendered = self.in_french(self.env["telephony.text"])
        for code, source in self.templates.items():
            names = re.findall(r"%\((\w+)\)s", str(source))
            inner = texts.text("hung_up")
            text = texts.text(code, **dict.fromkeys(names, inner))
            with self.subTest(code=code):
                self.assertTranslated(rendered._render(text))
                english = rendered.with_context(lang=None)._render(text)
                self.assertNotIn("%(", english)
                self.assertNotEqual(english, code)

    def check_no_sentence(self, path):
        """Make sure that what a file tells people is told by codes."""
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if self.is_error(name) or name in ("Finding", "_show", "note", "_report"):
                with self.subTest(file=path.name, line=node.lineno):
                    for each in (*node.args, *(word.value for word in node.keywords)):
                        for constant in ast.walk(each):
                            value = getattr(constant, "value", "")
                            if isinstance(value, str):
                                self.assertNotRegex(value, "[A-Za-z] [A-Za-z]")
