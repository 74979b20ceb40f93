"""Every method, route and field of this addon, as every role."""

from pathlib import Path

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import common_access_matrix as matrix

from .access_rows import ORM, ROUTES, ROWS
from .common_access_world import RecordingWorldCase


class Table(RecordingWorldCase):
    addon = "telephony_recording"
    heading = ": recordings"
    orm = ORM
    rows = ROWS
    routes = ROUTES


@tagged("post_install", "-at_install")
class TestMethods(Table, matrix.MethodMatrixCase):
    pass


@tagged("post_install", "-at_install")
class TestRoutes(Table, matrix.RouteMatrixCase):
    pass


@tagged("post_install", "-at_install")
class TestFields(Table, matrix.FieldMatrixCase):
    snapshot = Path(__file__).parent / "access_fields.txt"
    samples = {
        "telephony.call": "ended",
        "telephony.legal.hold": "hold",
        "telephony.pbx": "pbx",
        "telephony.recording.rule": "rule",
        "telephony.registration": "page",
    }

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
