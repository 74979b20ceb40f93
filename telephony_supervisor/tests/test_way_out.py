"""The door out: nobody listens in but supervisors, by the board."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import at
from odoo.addons.telephony_connector.tests.test_way_out import NUMBER, WayOutCommon

from ..models.telephony_pbx import SPY_MODES


@tagged("post_install", "-at_install")
class TestListeningIn(WayOutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write(
            {
                "listen_code": "*551",
                "whisper_code": "*552",
                "barge_code": "553",
                "spy_date": at(0),
                "spy_user_id": cls.env.uid,
            }
        )

    def test_codes_of_listening_in(self):
        """By whatever template they come about."""
        codes = ("*5511002", "*552", "5531002", "tel:%2A5511002", "*551#", "553")
        self.assert_refused(codes)
        self.assert_refused(("551", "5511002", "5521002"), ways=("voicemail",))
        self.pbx.spy_date = False
        self.assert_refused(codes, ways=("dial", "transfer"))

    def test_listening_in_by_the_board_alone(self):
        for code in self.pbx._get_spy_codes():
            self.assert_refused((f"{code}1001", f"{code}1"))
        pbx = self.pbx.with_user(self.alice)
        for mode in SPY_MODES:
            with self.subTest(mode=mode), self.assertRaises(AccessError):
                pbx._authorize("1002", mode)
            number = self.pbx.with_user(self.supervisor)._authorize("1002", mode)
            self.assertEqual(number, f"{self.pbx[f'{mode}_code']}1002")

    def test_an_extension_that_reads_as_a_code(self):
        self.env["telephony.extension"].create(
            {"number": "5511002", "pbx_id": self.pbx.id}
        )
        self.assert_refused(("5511002",), ways=("voicemail",))

    def test_a_pick_up_that_reads_as_a_code(self):
        self.ext_bruno.user_id = self.supervisor
        call = self.talk("ringing", self.supervisor)
        self.pbx.pickup_code = "*55"  # with 1001 behind it, a code of no mode …
        self.ext_alice.number = "11001"  # … but so it is one
        with self.assertRaises(UserError):
            self.control(call, "pickup")

    def test_a_code_is_read_with_the_final_text(self):
        """What templates and prefixes make of a number is what counts."""
        self.pbx.write({"outside_prefix": "*551", "dial_format": "national"})
        self.assert_refused((NUMBER,), ways=("dial", "transfer"))

    def test_whom_the_right_was_taken_away(self):
        board = self.env["telephony.board"]
        for user in (self.outsider, self.alice):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                board.with_user(user).act(self.ext_bruno.id, "pause")
        self.assertEqual(self.sent(), [])

    def test_codes_are_out_of_users_sight(self):
        for user in (self.alice, self.supervisor):
            pbx = self.pbx.with_user(user)
            for name in ("listen_code", "spy_user_id", "dials_codes"):
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        pbx.read([name])
                    with self.assertRaises(AccessError):
                        pbx.search([(name, "!=", False)])

    def test_texts_of_codes(self):
        for name in ("listen_code", "whisper_code", "barge_code"):
            self.pbx[name] = " *551 \n"
            self.assertEqual(self.pbx[name], "*551")
            for code in ("*55\n1", "*55 1", "x", "*55\u0661", "*55,1"):
                with self.subTest(name=name, code=code), self.assertRaises(UserError):
                    self.pbx[name] = code
