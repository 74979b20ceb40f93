"""What each role can read of every field: see ``common_access_fields``."""

import logging
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .access_rows import ORM
from .access_world import AccessWorldCase
from .common_access_fields import LADDER, FieldMatrixCase
from .snapshot import assert_snapshot

figures = logging.getLogger("telephony_connector.figures")

SNAPSHOT = Path(__file__).parent / "access_fields.txt"
# Odoo's models that have fields of ours, with the samples of `AccessWorldCase`.
EXTENDED = {
    "crm.lead": "lead",
    "digest.digest": "digest",
    "ir.actions.server": "action",
    "ir.cron": "cron",
    "mail.activity": "activity",
    "res.company": "company",
    "res.config.settings": "settings",
    "res.partner": "partner",
    "res.users": "user",
    "res.users.settings": "user_settings",
}


@tagged("post_install", "-at_install")
class TestFieldMatrix(AccessWorldCase, FieldMatrixCase, TransactionCase):
    addon = "telephony_connector"
    orm = ORM
    samples = (
        {each.model: each.on for each in ORM}
        | EXTENDED
        | {
            "telephony.call": "ended",
        }
    )
    further_roles = ("system",)

    def test_every_model_has_a_sample(self):
        self.assertEqual(self.find_fields().keys(), self.samples.keys())

    def test_fields_are_those_of_the_snapshot(self):
        lines, count = self.describe()
        assert_snapshot(self, SNAPSHOT, lines)
        figures.info("matrix of fields: %s fields × %s roles", count, len(LADDER))

    def test_links_tell_nothing(self):
        for role in ("employee", "user", "administrator", "elsewhere"):
            with self.subTest(role):
                self.assertEqual(self.walk_links(role), [])

    def test_recordings_as_attachments(self):
        """They are out of every role's reach but that of Odoo's own administrators."""
        files = self.env["ir.attachment"]._search(
            [
                ("res_model", "=", "telephony.call"),
                ("res_field", "=", "recording_file"),
                ("res_id", "=", self.owner.ended.id),
            ]
        )
        attachment = self.env["ir.attachment"].browse(list(files))
        self.assertTrue(attachment)
        for role, me in self.worlds.items():
            with self.subTest(role):
                readable = attachment.with_user(me.user)._filtered_access("read")
                self.assertEqual(bool(readable), role == "system")
