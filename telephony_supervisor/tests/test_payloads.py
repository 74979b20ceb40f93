from pathlib import Path

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import at
from odoo.addons.telephony_connector.tests.common_payloads import (
    find_wrong,
    get_typedef,
    read_typedefs,
)

from ..tools import payloads
from .test_board import BoardCommon

STORE = Path(__file__).parents[1] / "static/src/board/board_store.js"


@tagged("post_install", "-at_install")
class TestPayloads(BoardCommon):
    def test_the_typedefs_are_what_the_server_describes(self):
        typedefs = read_typedefs(STORE)
        described = {
            name: get_typedef(each)
            for name, each in vars(payloads).items()
            if hasattr(each, "__total__")
        }
        self.assertEqual(typedefs, described)

    def test_what_is_sent_is_as_described(self):
        self.apply(
            self.change(
                "c1",
                state="ringing",
                number="+33612349872",
                queue="support",
                queue_date=at(0),
            )
        )
        board = self.env["telephony.board"].with_user(self.supervisor)
        state = board.get_state()
        self.assertTrue(all(state[name] for name in ("pbxs", "queues", "agents")))
        self.assertTrue(state["calls"])
        self.assertEqual([*find_wrong(state, payloads.BoardState)], [])
