from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TelephonyCommon, at

EVERYTHING = "Atxfer BlindTransfer CancelAtxfer Hangup Originate Park PlayDTMF Redirect"


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

    def consult(self, revision, consultation, **values):
        """Have Alice ask Bruno while her caller waits; return the call as hers."""
        legs = [
            {
                "uniqueid": "own",
                "channel": "PJSIP/1001-0001",
                "extension": "1001",
                "state": "ongoing",
                "consultation": consultation,
                "consulted": "1002",
                "start_date": at(0),
            },
            {
                "uniqueid": "asked",
                "channel": "PJSIP/1002-0003",
                "extension": "1002",
                "state": "ringing" if consultation == "ringing" else "ongoing",
                "start_date": at(5),
            },
        ]
        values = {"direction": "inbound", "state": "ongoing", **values}
        change = self.change("c1", revision, legs=legs, start_date=at(0), **values)
        return self.apply(change).with_user(self.alice)

    def test_an_attended_transfer_has_three_ways_on(self):
        self.call()
        call = self.consult(2, "ringing", extension="1001")
        self.assertEqual(self.controls(call), ["complete_transfer", "cancel_transfer"])
        call = self.consult(3, "ongoing", extension="1001")
        self.assertEqual(
            self.controls(call),
            ["complete_transfer", "conference", "cancel_transfer"],
        )
        own = {"channel": "PJSIP/1001-0001"}
        for action in ("complete_transfer", "conference", "cancel_transfer"):
            self.assertEqual(self.ask(call, action), (action, own))
        [card] = self.read_cards(call)
        self.assertEqual(card["consultation"], "ongoing")
        self.assertEqual(card["consulted"], self.bruno.name)
        call = self.consult(4, "conference", extension="1001")
        self.assertEqual(self.controls(call), ["hangup"])

    def test_ways_on_that_the_system_does_not_allow(self):
        self.pbx.allowed_actions = "Atxfer BlindTransfer Hangup Park Redirect"
        self.call()
        call = self.consult(2, "ongoing", extension="1001")
        self.assertEqual(self.controls(call), ["complete_transfer"])

    def test_who_is_consulted_can_not_send_the_caller_away(self):
        self.call()
        for revision, state in ((2, "ringing"), (3, "ongoing")):
            call = self.consult(revision, state, extension="1001")
            with self.subTest(state):
                self.assertEqual(self.controls(call.with_user(self.bruno)), ["hangup"])

    def park(self, space="751", revision=2):
        """Have Alice park her caller; return the call as hers."""
        legs = [
            {
                "uniqueid": "own",
                "channel": "PJSIP/1001-0001",
                "extension": "1001",
                "state": "ended",
                "transferred_to": space,
                "start_date": at(0),
                "end_date": at(30),
            }
        ]
        call = self.apply(
            self.change(
                "c1",
                revision,
                direction="inbound",
                state="ongoing",
                number="+33612340001",
                extension="1001",
                start_date=at(0),
                parking_space=space,
                parking_date=at(30),
                legs=legs,
            )
        )
        return call.with_user(self.alice)

    def parked(self, user):
        return self.env["telephony.client"].with_user(user).get_parked()

    def test_a_parked_call_is_retrieved_by_the_own_phone(self):
        self.call()
        call = self.park()
        [entry] = self.parked(self.alice)
        self.assertEqual(entry["parking_space"], "751")
        self.assertEqual(entry["parked_by"], self.alice.name)
        self.assertTrue(entry["can_retrieve"])
        self.assertEqual(self.get_payload(call, self.alice)["parking_space"], "751")
        action, payload = self.ask(call, "retrieve")
        self.assertEqual(
            (action, payload["device"], payload["number"]),
            ("retrieve", "PJSIP/1001", "751"),
        )

    def test_parked_calls_are_seen_by_who_may_see_the_call(self):
        self.call()
        call = self.park()
        self.assertFalse(self.parked(self.bruno))
        self.assertTrue(self.parked(self.supervisor))
        with self.assertRaises(AccessError):
            self.parked(self.outsider)
        with self.assertRaises(AccessError):
            self.control(call.with_user(self.bruno), "retrieve")

    def test_a_parking_space_passes_the_door_out(self):
        self.pbx.blocked_numbers = "751"
        self.call()
        with self.assertRaises(UserError):
            self.control(self.park(), "retrieve")

    def test_web_clients_hear_when_a_call_is_parked_and_retrieved(self):
        group = self.env.ref("telephony_connector.group_telephony_user")
        with patch.object(
            self.registry["res.groups"], "_bus_send", autospec=True
        ) as send:
            self.call()
            self.park()
            self.park(revision=3)
            self.park(space="", revision=4)
        self.assertEqual(
            [(call.args[0].id, call.args[1]) for call in send.call_args_list],
            [(group.id, "telephony.parking/changed")] * 2,
        )
        self.assertFalse(self.parked(self.alice))

    def test_a_transfer_tells_how_it_goes(self):
        self.call()
        call = self.park("1002")
        call.sudo().write({"parking_space": False})
        payload = self.get_payload(call, self.alice)
        self.assertEqual(payload["transfer"], "ringing")
        [card] = self.read_cards(call)
        self.assertEqual(card["transferred_to"], self.bruno.name)
        other = call.sudo().leg_ids.filtered(lambda leg: leg.uniqueid == "other")
        other.write({"answer_date": at(1), "state": "ongoing"})
        target = other.copy({"uniqueid": "target", "user_id": self.bruno.id})
        target.answer_date = False
        self.assertEqual(self.get_payload(call, self.alice)["transfer"], "ringing")
        target.answer_date = at(40)
        self.assertEqual(self.get_payload(call, self.alice)["transfer"], "ongoing")
        target.write({"state": "ended", "end_date": at(50)})
        self.assertEqual(self.get_payload(call, self.alice)["transfer"], "ongoing")

    def test_foreign_calls(self):
        with self.assertRaises(AccessError):
            self.control(self.call(user=self.bruno), "hangup")

    def test_a_target_that_is_no_number(self):
        call = self.call()
        for target in ("", "x", "anonymous"):
            with self.subTest(target=target), self.assertRaises(UserError):
                self.control(call, "transfer", target)
