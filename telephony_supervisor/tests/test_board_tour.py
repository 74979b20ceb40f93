from odoo.tests import HttpCase, tagged

from .test_board import CODES, BoardCommon


@tagged("post_install", "-at_install")
class TestBoardTour(BoardCommon, HttpCase):
    """The board in a browser, with a server but without a telephone system."""

    def test_tour(self):
        self.pbx.write(CODES)
        self.ext_alice.paused_queues = False
        self.waiting(since=10)
        self.talk("1001")
        self.start_tour(
            "/odoo/telephony-board", "telephony_live_board", login="supervisor_t"
        )
        command = self.env["telephony.command"].search(
            [("user_id", "=", self.supervisor.id)]
        )
        self.assertEqual(command.action, "pause")
        self.assertEqual(command.payload["reason"], "Lunch")

    def test_bundle_compiles(self):
        bundle = self.env["ir.qweb"]._get_asset_bundle(
            "telephony_supervisor.assets_board", js=False
        )
        self.assertIn(".o_telephony_agents", bundle.preprocess_css())
        self.assertEqual(bundle.css_errors, [])
