"""Texts of settings: what was saved can be used, with nothing at its end."""

import ast
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged

from ..controllers import api_check
from .common import TelephonyCommon

ADDON = Path(__file__).parent.parent
AROUND = ("\n", "\r\n", " ", "\t", "\u2028")
INSIDE = ("\n", "\r\n", "\x1b", " ", "\u00e9", "\u0661", ",x", ";x")
# What each setting may be; all of them are checked when they are saved.
CHECKED = {
    "telephony.pbx": {
        "dial_string": "PJSIP/{number}",
        "context": "from-internal",
        "caller_id": "+33140000001",
        "outside_prefix": "0",
        "international_prefix": "00",
        "area_code": "40",
        "pickup_code": "**",
        "voicemail_code": "*{number}",
        "webhook_token": "a" * 20,
    },
    "telephony.extension": {
        "number": "1009",
        "caller_id": "+33140000001",
        "devices": "PJSIP/1009",
    },
}


@tagged("post_install", "-at_install")
class TestSettingsText(TelephonyCommon):
    def records(self):
        queue = self.env["telephony.queue"].create(
            {"name": "support", "pbx_id": self.pbx.id}
        )
        return self.pbx, self.ext_alice, queue

    def test_nothing_stands_around_a_setting(self):
        """Of every text that can be set: it is stored without, or refused."""
        for record in self.records():
            for name, field in record._fields.items():
                if field.type != "char" or field.readonly or not field.store:
                    continue
                good = CHECKED.get(record._name, {}).get(name, "Value")
                for sign in AROUND:
                    with self.subTest(model=record._name, field=name, sign=sign):
                        self.check_stored(record, name, good, sign)

    def test_a_field_that_does_not_exist_is_named(self):
        for record in self.records():
            with self.subTest(record._name), self.assertRaisesRegex(ValueError, "nope"):
                record.write({"nope": " x "})

    def check_stored(self, record, name, good, sign):
        try:
            with self.env.cr.savepoint():
                record.write({name: f"{sign}{good}{sign}"})
        except ValidationError:
            return
        # sudo - some are nobody's to read
        self.assertEqual(record.sudo()[name], good)

    def test_secrets_too(self):
        self.pbx.secret = "s3cret\r\n"
        self.assertEqual(self.pbx.stored_secret, "s3cret")

    def test_new_ones(self):
        pbx = self.pbx.create(
            {"name": "New\n", "host": " 127.0.0.1\n", "context": "a\n"}
        )
        self.assertEqual((pbx.name, pbx.host, pbx.context), ("New", "127.0.0.1", "a"))
        extension = self.ext_alice.create({"number": "1010\n", "pbx_id": pbx.id})
        self.assertEqual(extension.number, "1010")
        queue = self.env["telephony.queue"].create({"name": "q\n", "pbx_id": pbx.id})
        self.assertEqual(queue.name, "q")

    def test_nothing_stands_inside_a_setting_that_could_not_be_sent(self):
        for model, settings in CHECKED.items():
            record = self.pbx if model == "telephony.pbx" else self.ext_alice
            for name, good in settings.items():
                for sign in INSIDE:
                    if name == "devices" and sign == ",x":
                        continue  # a list, whose second one is none
                    with (
                        self.subTest(field=f"{model}.{name}", sign=sign),
                        self.assertRaises(ValidationError),
                        self.env.cr.savepoint(),
                    ):
                        record.write({name: f"{good[:2]}{sign}{good[2:] or '1'}"})

    def test_what_can_be_set(self):
        for model, settings in CHECKED.items():
            record = self.pbx if model == "telephony.pbx" else self.ext_alice
            record.write(settings)
            for name, value in settings.items():
                self.assertEqual(record[name], value)

    def test_a_dial_string_names_one_place(self):
        for text in ("PJSIP/1001", "PJSIP/{number}{number}", "{number}", "/{number}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.pbx.dial_string = text
        for text in ("SIP/{number}", "Local/{number}@from-internal/n"):
            self.pbx.dial_string = text

    def test_a_mailbox_code_names_its_place(self):
        for text in ("*97", "*{number}{number}", "{name}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.pbx.voicemail_code = text


@tagged("telephony")
class TestPatterns(BaseCase):
    def test_ids_of_the_api_end_where_they_seem_to(self):
        schema = {"type": "string", "pattern": "^[0-9]{1,8}$"}
        api_check.check("1001", schema)
        for value in ("1001\n", "1001\r\n", "\n1001", "1001 "):
            with self.subTest(value=value), self.assertRaises(api_check.SchemaError):
                api_check.check(value, schema)
        api_check.check("http://x/", {"type": "string", "pattern": "^https?://"})

    def test_no_pattern_ends_before_a_line_break(self):
        """Python's "$" also matches before a line break at the text's end."""
        for path in sorted(ADDON.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                is_pattern = (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "re"
                )
                if not is_pattern or not node.args:
                    continue
                for text in ast.walk(node.args[0]):
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        with self.subTest(file=path.name, line=node.lineno):
                            self.assertFalse(
                                text.value.strip().endswith("$"), text.value
                            )
