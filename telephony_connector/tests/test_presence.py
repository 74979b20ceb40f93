from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TelephonyCommon, at


@tagged("post_install", "-at_install")
class TestPresence(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(
            self.registry["res.groups"],
            "_bus_send",
            lambda group, kind, payload, **kwargs: self.sent.append((kind, payload)),
        )

    def tell(self, availability, extension="1001", paused=()):
        """Let the listener tell what an extension's phones are doing."""
        presence = {
            "extension": extension,
            "availability": availability,
            "queues": ["support"],
            "paused_queues": list(paused),
            "pause_reason": "",
        }
        self.env["telephony.extension"]._set_presence(self.pbx.id, [presence])

    def presences(self, user):
        return dict(self.env["res.users"].with_user(user).get_telephony_presences())

    def test_what_a_phone_does_is_told(self):
        self.tell("in_use")
        self.assertEqual(self.ext_alice.availability, "in_use")
        self.assertEqual(self.ext_alice.queues, "support")
        told = (
            "res.users/telephony_presence",
            {"presences": [[self.alice.id, "in_use"]]},
        )
        self.assertEqual(self.sent, [told])
        self.tell("in_use")
        self.assertEqual(len(self.sent), 1, "what did not change is not told")
        self.assertEqual(self.presences(self.bruno)[self.alice.id], "in_use")

    def test_what_a_telephone_system_says_is_text_on_one_line(self):
        hostile = "A\u202eb\0\r\n\x1bc"
        presence = {
            "extension": "1001",
            "availability": "idle",
            "queues": [hostile],
            "paused_queues": [hostile],
            "pause_reason": hostile,
        }
        self.env["telephony.extension"]._set_presence(self.pbx.id, [presence])
        self.env["telephony.queue"]._note(self.pbx.id, [hostile, "Ab c"])
        self.pbx._set_connection("unreachable", hostile, version=hostile)
        self.env.flush_all()
        for record, names in (
            (self.ext_alice, ("queues", "paused_queues", "pause_reason")),
            (self.pbx, ("connection_message", "last_error", "version")),
            (self.env["telephony.queue"].search([("name", "ilike", "Ab")]), ["name"]),
        ):
            for name in names:
                self.assertEqual(record[name], "Ab c", name)

    def test_the_phone_that_says_most_counts(self):
        self.env["telephony.extension"].create(
            {"number": "1003", "pbx_id": self.pbx.id, "user_id": self.alice.id}
        )
        self.tell("unavailable")
        self.assertEqual(self.alice.telephony_presence, "unavailable")
        self.tell("idle", "1003")
        self.assertEqual(self.alice.telephony_presence, "idle")
        self.tell("ringing")
        self.assertEqual(self.alice.telephony_presence, "ringing")

    def test_a_break_in_a_queue(self):
        self.tell("idle", paused=["support"])
        self.assertEqual(self.alice.telephony_presence, "paused")
        self.tell("in_use", paused=["support"])
        self.assertEqual(self.alice.telephony_presence, "in_use")

    def test_a_system_that_tells_of_no_phones(self):
        self.patch(type(self.pbx._get_provider()), "has_listener", False)
        self.assertFalse(self.alice.telephony_presence)
        self.ring()
        self.assertEqual(self.presences(self.bruno)[self.alice.id], "ringing")
        leg = {"uniqueid": "c1-1001", "extension": "1001", "state": "ongoing"}
        self.apply(self.change(state="ongoing", answer_date=at(5), legs=[leg]))
        leg["state"] = "ended"
        self.apply(self.change(state="ended", end_date=at(9), legs=[leg]))
        self.assertEqual(
            [payload["presences"] for _kind, payload in self.sent],
            [[[self.alice.id, presence]] for presence in ("ringing", "in_use", False)],
        )

    def test_who_has_no_telephone_learns_nothing(self):
        with self.assertRaises(AccessError):
            self.presences(self.outsider)
        with self.assertRaises(AccessError):
            self.alice.with_user(self.outsider).read(["telephony_presence"])
