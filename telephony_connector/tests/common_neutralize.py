import re
from pathlib import Path

from odoo.fields import NO_ACCESS
from odoo.modules import Manifest
from odoo.tools import SQL

CANARY = "canary"
# What a name of a secret has in it, and what no user may read.
SECRET = re.compile(r"secret|password|token|key|digest|hash|access|refresh|credential")
# What users may not read for the sake of callers: the log itself, which a copy keeps.
LOG = ("telephony.call", "telephony.call.leg", "telephony.number")


class NeutralizeCase:
    """Every secret of an addon's is wiped by its ``neutralize.sql``.

    For a `TelephonyCommon`. The test class sets ``addon``; ``no_secret``, what looks
    like one and is none, with the reason; ``known``, secrets that the walk must find.
    """

    addon = ""
    no_secret = {}
    known = frozenset()

    def neutralize(self):
        self.env.flush_all()
        path = Path(Manifest.for_addon(self.addon).path) / "data" / "neutralize.sql"
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()

    def fill(self):
        """Have a row in each table that holds secrets."""

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
            and self.addon in (field._modules or (model._module,))
            and (field.groups == NO_ACCESS or SECRET.search(field.name))
            and f"{name}.{field.name}" not in self.no_secret
        ]

    def count(self, table, condition):
        rows = self.env.execute_query(
            SQL("SELECT count(*) FROM %s WHERE %s", SQL.identifier(table), condition)
        )
        return rows[0][0]

    def test_every_secret_of_every_model_is_wiped(self):
        self.fill()
        secrets = self.find_secrets()
        names = {f"{field.model_name}.{field.name}" for field in secrets}
        self.assertLessEqual(self.known, names, "the walk sees what is known")
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
        for name in self.no_secret:
            model, _dot, field = name.rpartition(".")
            self.assertIn(field, self.env[model]._fields)
