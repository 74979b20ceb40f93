from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..engine.errors import ActionRefused
from .common import USER_GROUPS, TelephonyCommon, at


class PresenceCommon(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.sent = []

        def send(bus, channel, kind, payload):
            if kind == "res.users/telephony_presence":
                self.sent.append((channel, payload["presences"]))

        self.patch(self.registry["bus.bus"], "_sendone", send)

    @property
    def told(self):
        """What was sent of presences, whoever hears it."""
        return [presences for _channel, presences in self.sent]

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


@tagged("post_install", "-at_install")
class TestPresence(PresenceCommon):
    def test_what_a_phone_does_is_told(self):
        self.tell("in_use")
        self.assertEqual(self.ext_alice.availability, "in_use")
        self.assertEqual(self.ext_alice.queues, "support")
        self.assertEqual(self.told, [[[self.alice.id, "in_use"]]])
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
        self.env["telephony.queue"]._add_missing(self.pbx.id, [hostile, "Ab c"])
        said = ActionRefused(hostile).text
        self.pbx._set_connection("unreachable", said, version=hostile)
        self.env.flush_all()
        for record, names in (
            (self.ext_alice, ("queues", "paused_queues", "pause_reason")),
            (self.pbx, ("connection_message", "last_error", "version")),
            (self.env["telephony.queue"].search([("name", "ilike", "Ab")]), ["name"]),
        ):
            for name in names:
                self.assertIn("Ab c", record[name], name)
                self.assertTrue(record[name].isprintable(), name)

    def test_watchers_of_both_telephone_systems_hear_of_an_extension_that_moves(self):
        other = self.env["telephony.pbx"].create({"name": "Other", "host": "pbx.test"})
        notified = []
        self.patch(
            self.registry["telephony.pbx"],
            "_notify_watchers",
            lambda pbxs, calls=(), extensions=(): notified.extend(pbxs.ids),
        )
        self.ext_alice.pbx_id = other
        self.assertEqual(set(notified), {self.pbx.id, other.id})
        notified.clear()
        self.ext_alice.unlink()
        self.assertEqual(notified, [other.id])

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
        leg = {"uniqueid": "c1-1001", "extension": "1001"}
        answered = {"state": "ongoing", "answer_date": at(5)}
        ended = {"state": "ended", "end_date": at(9)}
        for part in (answered, ended):
            self.apply(self.change(legs=[{**leg, **part}], **part))
        self.assertEqual(
            self.told,
            [[[self.alice.id, presence]] for presence in ("ringing", "in_use", False)],
        )

    def test_who_has_no_telephone_learns_nothing(self):
        with self.assertRaises(AccessError):
            self.presences(self.outsider)
        with self.assertRaises(AccessError):
            self.alice.with_user(self.outsider).read(["telephony_presence"])


@tagged("post_install", "-at_install")
class TestWhoHearsOfPresences(PresenceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "stranger_t",
            groups=USER_GROUPS,
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        other_pbx = cls.pbx.copy(
            {"name": "Elsewhere", "company_id": cls.other_company.id}
        )
        cls.env["telephony.extension"].create(
            {
                "number": "1001",
                "pbx_id": other_pbx.id,
                "user_id": cls.stranger.id,
                "availability": "ringing",
            }
        )

    def channels(self, user):
        """Return the channels that a user's web client is subscribed to."""
        self.authenticate(user.login, user.login)
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications",
            {"channels": ["telephony.presences"], "last": 0, "is_first_poll": True},
        )
        return {tuple(c[1:]) for c in answer["channels"] if isinstance(c, list)}

    def hears(self, user, of):
        """Say whether a user's web client hears of another user's telephones."""
        self.sent.clear()
        of._notify_telephony_presence()
        [(channel, _presences)] = self.sent
        self.assertIsInstance(channel, tuple, "a channel of the user's own")
        record, name = channel
        return (record._name, record.id, name) in self.channels(user)

    def test_colleagues_hear_of_each_other(self):
        self.assertTrue(self.hears(self.bruno, of=self.alice))
        self.assertTrue(self.hears(self.stranger, of=self.stranger))

    def test_users_of_other_companies_do_not(self):
        self.assertFalse(self.hears(self.stranger, of=self.alice))
        self.assertFalse(self.hears(self.alice, of=self.stranger))
        self.stranger.company_ids += self.env.company
        self.assertTrue(self.hears(self.stranger, of=self.alice))

    def test_who_may_not_see_a_user_does_not(self):
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": f"[('id', '!=', {self.alice.id})] "
                f"if user.id == {self.bruno.id} else [(1, '=', 1)]",
            }
        )
        self.assertFalse(self.hears(self.bruno, of=self.alice))
        self.assertNotIn(self.alice.id, self.presences(self.bruno))

    def test_who_has_no_telephone_does_not(self):
        self.assertFalse(self.hears(self.outsider, of=self.alice))

    def test_presences_of_other_companies_are_not_read(self):
        self.tell("in_use")
        for reader, user in ((self.stranger, self.alice), (self.alice, self.stranger)):
            self.env.invalidate_all()
            self.assertNotIn(user.id, self.presences(reader))
            self.assertFalse(user.with_user(reader).telephony_presence)
        self.assertEqual(self.alice.with_user(self.bruno).telephony_presence, "in_use")

    def test_a_new_extension_has_clients_ask_anew(self):
        kinds = []
        self.patch(
            self.registry["bus.bus"],
            "_sendone",
            lambda bus, channel, kind, payload: kinds.append((kind, payload)),
        )
        extension = self.env["telephony.extension"].create(
            {"number": "1003", "pbx_id": self.pbx.id}
        )
        extension.user_id = self.outsider
        extension.unlink()
        self.assertEqual(kinds.count(("telephony.presences/changed", {})), 3)
