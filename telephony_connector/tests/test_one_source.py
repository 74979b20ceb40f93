"""What stands in several places is said in one of them."""

import ast
import inspect
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..ami import dialplan
from ..controllers import api_schema
from ..engine import number_text
from ..engine.call import Direction, Outcome, State
from ..listener.connection import Connection
from ..listener.inquiries import Inquiries
from ..tools import groups

ADDONS = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestOneSource(TransactionCase):
    def test_the_words_for_what_a_call_is(self):
        """Of the engine, of the log, of the API and of the rules on recordings."""
        call = self.env["telephony.call"]
        for name, words in (
            ("direction", Direction),
            ("state", State),
            ("outcome", Outcome),
        ):
            values = [value for value, _label in call._fields[name].selection]
            self.assertEqual(values, [each.value for each in words], name)
        schema = api_schema.CALL["properties"]
        self.assertEqual(schema["direction"]["enum"], [*Direction])
        self.assertEqual(schema["state"]["enum"], [*State])
        self.assertEqual(schema["outcome"]["enum"], [*Outcome, None])
        told = api_schema.BY_NAME["ended"].body["properties"]["outcome"]["enum"]
        self.assertEqual(set(Outcome) - set(told), {Outcome.UNKNOWN})

    def test_the_groups_of_rights(self):
        """Their ids stand in one file of the code; each leads to a group."""
        found = {
            path.relative_to(ADDONS).as_posix()
            for path in ADDONS.glob("telephony_*/**/*.py")
            if not {"tests", "migrations"} & set(path.parts)
            and "telephony_connector.group_" in path.read_text()
        }
        self.assertEqual(found, {"telephony_connector/tools/groups.py"})
        for name, value in vars(groups).items():
            if name.isupper():
                self.assertTrue(self.env.ref(value), name)

    def test_the_words_are_listed_nowhere_else(self):
        """No list of all directions stands beside those of the engine and the log."""
        allowed = {
            "telephony_connector/engine/call.py",
            "telephony_connector/models/telephony_call.py",
        }
        found = set()
        for path in ADDONS.glob("telephony_*/**/*.py"):
            name = path.relative_to(ADDONS).as_posix()
            if "tests" in path.parts or name in allowed:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.List | ast.Tuple | ast.Set):
                    words = {
                        each.value
                        for each in ast.walk(node)
                        if isinstance(each, ast.Constant)
                        and isinstance(each.value, str)
                    }
                    if words >= {*Direction} or words >= {*Outcome} - {"unknown"}:
                        found.add(f"{name}:{node.lineno}")
        invents = "telephony_connector/commands/generate_calls.py"
        self.assertEqual({each for each in found if invents not in each}, set())

    def test_a_withheld_number_is_one_wherever_it_comes_from(self):
        words = {*number_text.WITHHELD_WORDS, *number_text.WITHHELD_PHRASES}
        for word in {*words, *number_text.WITHHELD_NUMBERS}:
            for text in (word, word.upper(), word.title()):
                with self.subTest(text=text):
                    self.assertTrue(number_text.is_withheld(text))
                    self.assertTrue(dialplan.is_withheld(text))
        self.assertFalse(words & dialplan.NO_NUMBER)
        self.assertFalse(dialplan.is_withheld("+33612340001"))

    def test_layers_get_what_they_need(self):
        """Neither is handed the whole of who leads."""
        for cls in (Connection, Inquiries):
            with self.subTest(cls=cls.__name__):
                self.assertNotIn("leader", inspect.getsource(cls).split())
                self.assertNotIn("leader", inspect.signature(cls).parameters)
