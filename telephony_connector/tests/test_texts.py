"""What users read is in their language, whichever part of the code says it."""

import ast
import re
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from ..engine import errors, texts
from ..engine.errors import ActionRefused, ConnectionFailed
from ..listener import commands
from ..listener.check import Finding
from ..wizards import telephony_pbx_setup
from . import common_texts
from .common import at
from .common_texts import ADDONS

# Parts that know no language: they say codes.
SILENT = ("ami", "engine", "listener")


@tagged("post_install", "-at_install")
class TestTexts(common_texts.CodesCase):
    allow_inherited_tests_method = True
    addon = "telephony_connector"
    least = 60
    templates = texts.TEXTS

    # === EVERY CODE === #

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
        """Errors for users are raised with codes."""
        for part in SILENT:
            for path in sorted((ADDONS / self.addon / part).glob("*.py")):
                self.check_no_sentence(path)

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
                for cls in common_texts.find_classes()
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
        return command._prepare_payload()["message"]

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
                self.env["telephony.command"]._send(self.pbx, action, {})
        with self.assertRaises(Exception) as refused:
            self.env["telephony.command"]._send(self.pbx, "pause", {})
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
                "system": "freepbx",
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
