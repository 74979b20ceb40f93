"""A copy of a database leaves the telephone systems of the original alone."""

import re
from pathlib import Path

from odoo.fields import NO_ACCESS
from odoo.tests import tagged
from odoo.tools import SQL

from .common_recording import RecordingCommon

SCRIPT = Path(__file__).parents[1] / "data" / "neutralize.sql"
ADDON = "telephony_connector"
CANARY = "canary"
# What a name of a secret has in it, and what no user may read.
SECRET = re.compile(r"secret|password|token|key|digest|hash|access|refresh|credential")
# What looks like one and is none, with the reason.
NO_SECRET = {
    "telephony.pbx.url_number_key": "a parameter's name in an address",
    "telephony.pbx.url_dialed_key": "a parameter's name in an address",
    "telephony.pbx.url_uniqueid_key": "a parameter's name in an address",
    "telephony.pbx.url_name_key": "a parameter's name in an address",
    "telephony.pbx.home": "tells the copy from the original",
    "telephony.pbx.secret_places": "an address",
    "telephony.pbx.api_key_places": "an address",
    "telephony.pbx.recording_secret_places": "an address",
    "telephony.extension.secret_places": "an address",
}
# What users may not read for the sake of callers: the log itself, which a copy keeps.
LOG = ("telephony.call", "telephony.call.leg", "telephony.number")


@tagged("post_install", "-at_install")
class TestNeutralize(RecordingCommon):
    def neutralize(self):
        self.env.flush_all()
        self.env.cr.execute(SCRIPT.read_text())
        self.env.invalidate_all()

    def find_secrets(self):
        """Return the columns that hold a secret, as far as names and rights tell."""
        return [
            field
            for name, model in sorted(self.env.items())
            if model._auto and name not in LOG
            for field in model._fields.values()
            if field.store
            and field.column_type
            and field.type in ("char", "text", "json")
            and ADDON in (field._modules or (model._module,))
            and (field.groups == NO_ACCESS or SECRET.search(field.name))
            and f"{name}.{field.name}" not in NO_SECRET
        ]

    def fill(self):
        """Have a row in each table that holds secrets."""
        self.env["telephony.token"]._issue(self.pbx)
        self.env["telephony.agent.token"].with_user(self.alice)._generate("Laptop")
        self.env["telephony.pbx.setup"].create({"country_id": self.france.id})
        self.env["telephony.provider.session"].create(
            {"pbx_id": self.pbx.id, "expire_date": self.env.cr.now()}
        )
        self.env.flush_all()

    def count(self, table, condition):
        rows = self.env.execute_query(
            SQL("SELECT count(*) FROM %s WHERE %s", SQL.identifier(table), condition)
        )
        return rows[0][0]

    def test_every_secret_of_every_model_is_wiped(self):
        self.fill()
        secrets = self.find_secrets()
        names = {f"{field.model_name}.{field.name}" for field in secrets}
        self.assertLess(
            {
                "telephony.pbx.stored_secret",
                "telephony.pbx.stored_api_key",
                "telephony.pbx.stored_recording_secret",
                "telephony.pbx.webhook_token",
                "telephony.pbx.setup.secret",
                "telephony.extension.stored_secret",
                "telephony.token.digest",
                "telephony.agent.token.token_hash",
                "telephony.provider.session.access",
            },
            names,
            "the walk sees what is known",
        )
        for field in secrets:
            table = self.env[field.model_name]._table
            self.assertTrue(
                self.count(table, SQL("TRUE")), f"{field}: fill() must make a row"
            )
            # Some columns are unique.
            text = SQL("%s || id::text", CANARY)
            if field.type == "json":
                text = SQL("to_jsonb(%s)", text)
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(field.name),
                    text,
                )
            )
        self.env.invalidate_all()
        self.neutralize()
        for field in secrets:
            with self.subTest(f"{field.model_name}.{field.name}"):
                left = SQL(
                    "%s::text LIKE %s", SQL.identifier(field.name), f"%{CANARY}%"
                )
                table = self.env[field.model_name]._table
                self.assertFalse(self.count(table, left))

    def test_what_is_no_secret_is_there(self):
        for name in NO_SECRET:
            model, _dot, field = name.rpartition(".")
            self.assertIn(field, self.env[model]._fields)

    def test_nothing_is_asked_and_nothing_is_known(self):
        self.pbx.write({"recording_mode": "fetch"})
        call = self.recorded()
        self.assertEqual(call.recording_state, "waiting")
        self.neutralize()
        self.assertFalse(self.pbx.active)
        self.assertFalse(self.pbx.has_secret or self.pbx.has_recording_secret)
        self.assertEqual(call.recording_state, "linked")
        self.assertFalse(call._is_on_known_server())
        self.assertFalse(call.with_user(self.alice).recording["url"])
