from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TelephonyCommon, at

EVERYTHING = "Atxfer BlindTransfer Hangup Originate Park Redirect"


@tagged("post_install", "-at_install")
class TestCallControl(TelephonyCommon):
    def setUp(self):
        super().setUp()
        patcher = patch.object(
            self.registry["telephony.pbx"], "_has_leader", lambda pbx: True
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.pbx.write(
            {
                "allowed_actions": EVERYTHING,
                "voicemail_code": "*{number}",
                "pickup_code": "**",
            }
        )

    def call(self, state="ongoing", user=None):
        legs = [
            {
                "uniqueid": "own",
                "channel": "PJSIP/1001-0001",
                "extension": "1001",
                "state": state,
                "start_date": at(0),
            },
            {
                "uniqueid": "other",
                "channel": "PJSIP/trunk-0002",
                "number": "+33612340001",
                "state": state,
                "start_date": at(0),
            },
        ]
        call = self.apply(
            self.change(
                "c1",
                1,
                direction="inbound",
                state=state,
                number="+33612340001",
                extension="1001",
                start_date=at(0),
                legs=legs,
            )
        )
        return call.with_user(user or self.alice)

    def controls(self, call):
        return call.env["telephony.client"]._get_controls(call)

    def ask(self, call, action, target=False):
        answer = self.control(call, action, target)
        command = self.env["telephony.command"].browse(answer["command_id"])
        return command.action, command.payload

    def test_what_can_be_done(self):
        self.assertEqual(
            self.controls(self.call()),
            ["transfer", "attended_transfer", "voicemail", "park", "hangup"],
        )

    def test_what_can_be_done_while_it_rings(self):
        call = self.call("ringing")
        self.assertEqual(self.controls(call), ["transfer", "voicemail", "hangup"])
        self.assertEqual(self.controls(call.with_user(self.supervisor)), ["pickup"])

    def test_no_hanging_up_before_the_channel_is_known(self):
        """The PBX was asked to ring the own phone, and has not told of it yet."""
        values = {
            "direction": "outbound",
            "state": "ringing",
            "number": "+33612340001",
            "extension": "1001",
            "start_date": at(0),
        }
        call = self.apply(self.change("c2", 1, legs=[], **values))
        call = call.with_user(self.alice)
        self.assertEqual(self.controls(call), [])
        leg = {
            "uniqueid": "own",
            "channel": "PJSIP/1001-0001",
            "extension": "1001",
            "state": "ringing",
            "start_date": at(0),
        }
        self.apply(self.change("c2", 2, legs=[leg], **values))
        self.assertEqual(self.controls(call), ["hangup"])

    def test_only_what_the_system_allows(self):
        self.pbx.write({"allowed_actions": "Hangup Redirect", "voicemail_code": False})
        call = self.call()
        self.assertEqual(self.controls(call), ["hangup"])
        with self.assertRaises(UserError):
            self.control(call, "park")

    def test_orders(self):
        call = self.call()
        self.assertEqual(
            self.ask(call, "hangup"), ("hangup", {"channel": "PJSIP/1001-0001"})
        )
        way = {"number": "1002", "context": "from-internal"}
        self.assertEqual(
            self.ask(call, "transfer", "1002"),
            ("transfer", {"channel": "PJSIP/1001-0001", **way}),
        )
        self.assertEqual(
            self.ask(call, "attended_transfer", "1002"),
            ("attended_transfer", {"channel": "PJSIP/1001-0001", **way}),
        )
        self.assertEqual(
            self.ask(call, "voicemail", "1002"),
            (
                "redirect",
                {
                    "channel": "PJSIP/trunk-0002",
                    "number": "*1002",
                    "context": "from-internal",
                },
            ),
        )
        self.assertEqual(
            self.ask(call, "park"),
            (
                "park",
                {"channel": "PJSIP/trunk-0002", "parker": "PJSIP/1001-0001"},
            ),
        )

    def test_a_ringing_call_is_redirected(self):
        self.assertEqual(
            self.ask(self.call("ringing"), "transfer", "1002")[1]["channel"],
            "PJSIP/trunk-0002",
        )

    def test_pickup(self):
        self.ext_bruno.user_id = self.supervisor
        action, payload = self.ask(self.call("ringing", self.supervisor), "pickup")
        self.assertEqual(action, "pickup")
        self.assertEqual(payload["device"], "PJSIP/1002")
        self.assertEqual(payload["number"], "**1001")

    def test_foreign_calls(self):
        with self.assertRaises(AccessError):
            self.control(self.call(user=self.bruno), "hangup")

    def test_a_target_that_is_no_number(self):
        call = self.call()
        for target in ("", "x", "anonymous"):
            with self.subTest(target=target), self.assertRaises(UserError):
                self.control(call, "transfer", target)
