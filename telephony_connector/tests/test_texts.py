"""What users read is in their language, whichever part of the code says it."""

import ast
import re
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from ..engine import errors, texts
from ..engine.errors import ActionRefused, ConnectionFailed, TelephonyError
from ..listener import commands
from ..listener.check import Finding
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon, at

ADDONS = Path(__file__).parents[2]
FRENCH = "fr_FR"
# Parts that know no language: they say codes.
SILENT = ("ami", "engine", "listener")


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


@tagged("post_install", "-at_install")
class TestTexts(FrenchCase):
    # === EVERY CODE === #

    def find_codes(self):
        """Return the codes that the code says: {code: where}.

        Of each call of `text`, and of each error that is raised or handed on with a
        reason.
        """
        found = {}
        for path in sorted(ADDONS.glob("telephony_*/**/*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    for code in self.find_said(node):
                        found[code] = f"{path.relative_to(ADDONS)}:{node.lineno}"
        return found

    def find_said(self, call):
        """Return the codes that one call says."""
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        cls = getattr(errors, name, None)
        is_error = isinstance(cls, type) and issubclass(cls, TelephonyError)
        said = [word.value for word in call.keywords if word.arg == "reason"]
        if name == "text" or (
            is_error and name not in ("ActionRefused", "SwitchedOff")
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

    def find_classes(self, cls=TelephonyError):
        yield cls
        for each in cls.__subclasses__():
            yield from self.find_classes(each)

    def test_every_code_has_a_text(self):
        templates = self.env["telephony.text"]._get_templates()
        codes = self.find_codes()
        self.assertGreater(len(codes), 60, "the walk finds them")
        for code, where in codes.items():
            with self.subTest(code=code, where=where):
                self.assertIn(code, templates)
        for cls in self.find_classes():
            if cls.__module__.startswith(errors.__name__):
                with self.subTest(cls=cls.__name__):
                    self.assertIn(cls.code, templates)

    def test_every_text_is_translated(self):
        """In its parameters, too."""
        for code, source in texts.TEXTS.items():
            names = re.findall(r"%\((\w+)\)s", source)
            inner = texts.text("hung_up")
            text = texts.text(code, **dict.fromkeys(names, inner))
            with self.subTest(code=code):
                self.assertTranslated(
                    self.in_french(self.env["telephony.text"])._render(text)
                )
                self.assertNotIn("%(", texts.in_english(text))

    def test_a_bad_translation_does_no_harm(self):
        text = texts.text("cut", reason="reset")
        broken = {texts.TEXTS["cut"]: "%(other)s"}
        with (
            patch.object(
                code_translations, "get_python_translations", lambda *_: broken
            ),
            self.assertLogs("odoo.addons.telephony_connector.models.telephony_text"),
        ):
            said = self.in_french(self.env["telephony.text"])._render(text)
        self.assertEqual(said, "The connection was cut: reset.")

    def test_no_sentence_is_raised_where_no_language_is_known(self):
        """Errors for users are raised with codes; so are those of HTTP clients."""
        for part in SILENT:
            for path in sorted((ADDONS / "telephony_connector" / part).glob("*.py")):
                self.check_no_sentence(path)
        for path in sorted(ADDONS.glob("telephony_*/**/*_client.py")):
            self.check_no_sentence(path)

    def check_no_sentence(self, path):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            cls = getattr(errors, name, None)
            is_error = isinstance(cls, type) and issubclass(cls, TelephonyError)
            if is_error or name in ("Finding", "_show", "note", "_report"):
                with self.subTest(file=path.name, line=node.lineno):
                    for each in (*node.args, *(word.value for word in node.keywords)):
                        for constant in ast.walk(each):
                            value = getattr(constant, "value", "")
                            if isinstance(value, str):
                                self.assertNotRegex(value, "[A-Za-z] [A-Za-z]")

    def test_no_error_is_shown_by_its_english_text(self):
        """Models, wizards and controllers render an error's ``text``."""
        for path in sorted(ADDONS.glob("telephony_*/**/*.py")):
            if not {"models", "wizards", "providers"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ExceptHandler) and "TelephonyError" in ast.dump(
                    node.type or ast.Constant(None)
                ):
                    with self.subTest(file=path.name, line=node.lineno):
                        self.assertNotIn(f"str({node.name})", ast.unparse(node))

    # === WHAT BECOMES OF A COMMAND === #

    def find_command_codes(self):
        """Return the codes by which the listener and providers end a command."""
        found = {
            *commands.ORIGINATE_REASONS.values(),
            *commands.HANGUP_CAUSES.values(),
            *commands.QUEUE_REFUSALS.values(),
            *(
                cls.code
                for cls in self.find_classes()
                if cls.__module__.startswith(errors.__name__)
            ),
        }
        for path in sorted(ADDONS.glob("telephony_connector/*/*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Tuple | ast.Call):
                    parts = node.elts if isinstance(node, ast.Tuple) else node.args
                    words = [getattr(each, "value", None) for each in parts]
                    for state in ("failed", "expired"):
                        if state in words[:2]:
                            found.update(words[words.index(state) + 1 :][:1])
        is_code = re.compile(r"[a-z_]+").fullmatch
        codes = {code for code in found if isinstance(code, str) and is_code(code)}
        return codes - {"failed", "expired"}

    def end(self, action, code, answer=False):
        call = self.env["telephony.call"]._apply(
            [
                {
                    "pbx_id": self.pbx.id,
                    "uniqueid": f"{action}-{code}",
                    "direction": "outbound",
                    "state": "ringing",
                    "number": "+33612345678",
                    "start_date": at(0),
                }
            ]
        )
        command = self.env["telephony.command"].create(
            {
                "pbx_id": self.pbx.id,
                "call_id": call.id,
                "user_id": self.alice.id,
                "action": action,
                "state": "sent",
                "expire_date": at(0),
            }
        )
        command._finish("failed", code, answer)
        return command._get_news()["message"]

    def test_every_end_of_a_command_is_told_in_the_users_language(self):
        codes = self.find_command_codes()
        self.assertGreater(len(codes), 18, codes)
        for action in ("dial", "pickup", "dial_code", "hangup", "pause"):
            for code in codes:
                with self.subTest(action=action, code=code):
                    answer = "123" if code in ("phone_forwarded", "refused") else False
                    message = self.end(action, code, answer)
                    self.assertTranslated(message)
                    if code != "refused":
                        self.assertNotIn("did not do it", message, "it has a text")

    def test_nothing_was_dialed_is_said_of_dialing_alone(self):
        for code in self.find_command_codes():
            for action in ("pickup", "hangup", "transfer", "pause", "log_in"):
                with self.subTest(action=action, code=code):
                    self.assertNotIn("dialed", self.end(action, code))
        self.assertIn("Nothing was dialed", self.end("dial", "timeout"))

    def test_what_can_not_be_asked_now_is_said_as_it_is(self):
        self.patch(type(self.pbx), "_has_leader", lambda pbx: False)
        for action, text in (("dial", "Nothing was dialed"), ("hangup", "done")):
            with self.subTest(action=action), self.assertRaisesRegex(Exception, text):
                self.env["telephony.command"]._ask(self.pbx, action, {})
        with self.assertRaises(Exception) as refused:
            self.env["telephony.command"]._ask(self.pbx, "pause", {})
        self.assertNotIn("dialed", str(refused.exception))

    # === WHAT IS STORED === #

    def test_the_connection_is_described_to_each_reader(self):
        self.pbx._set_connection("unreachable", ConnectionFailed("hung_up").text)
        english = "The telephone system ended the connection."
        for name in ("connection_message", "last_error"):
            self.assertEqual(self.pbx[name], english)
            self.assertEqual(self.in_french(self.pbx)[name], f"«{english}»")
        self.pbx._set_connection("connected")
        self.assertFalse(self.pbx.connection_message)
        self.assertEqual(self.pbx.last_error, english)

    def test_a_problem_is_described_to_each_reader(self):
        self.env["telephony.pbx.problem"]._replace(
            self.pbx,
            [
                {
                    "kind": "list",
                    "name": "QueueStatus",
                    "reason": texts.text(
                        "list_missing",
                        reason=ActionRefused("no").text,
                        purpose=texts.text("for_queues"),
                    ),
                    "count": 1,
                    "start_date": at(0),
                    "last_date": at(0),
                }
            ],
        )
        self.assertIn("Not known: who is in which queue", self.pbx.problem_ids.message)
        self.assertTranslated(
            self.in_french(self.pbx.problem_ids).message.replace("“no”", "")
        )

    def test_findings_and_refusals_of_the_guided_form(self):
        setup = self.in_french(self.env["telephony.pbx.setup"]).create(
            {
                "name": "x",
                "host": "127.0.0.1",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        finding = Finding(False, texts.text("check_read_missing", purpose="…"))
        with patch.object(telephony_pbx_setup, "check_now", lambda _: [finding]):
            setup.action_test()
        self.assertTranslated(setup.findings)

        def refuse(_settings):
            raise ConnectionFailed("not_a_manager")

        with (
            patch.object(telephony_pbx_setup, "discover_now", refuse),
            self.assertRaises(Exception) as refused,
        ):
            setup.action_connect()
        self.assertTranslated(str(refused.exception))

    def test_a_copy_is_described_to_each_reader(self):
        with patch.object(type(self.pbx), "_is_off", lambda pbx: True):
            self.pbx._filtered_at_home()
        self.assertTranslated(
            self.in_french(self.pbx).connection_message.replace(self.pbx.name, "")
        )


@tagged("telephony")
class TestPlainTexts(TransactionCase):
    def test_what_a_telephone_system_says_is_cut_and_cleaned(self):
        error = ActionRefused("A\u202eb\0\r\n\x1bc" + "x" * 500)
        self.assertTrue(error.said.startswith("Ab c"))
        self.assertEqual(len(error.said), texts.MAX_PARAMETER)

    def test_an_error_has_its_class_code_and_its_own_text(self):
        error = ConnectionFailed("cut", reason=OSError("reset"))
        self.assertEqual(error.code, "unreachable")
        self.assertEqual(error.text, {"code": "cut", "params": {"reason": "reset"}})
        self.assertEqual(str(error), "The connection was cut: reset.")
        self.assertEqual(str(ConnectionFailed()), texts.TEXTS["unreachable"])
