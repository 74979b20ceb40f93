"""What every kind of telephone system keeps to, whatever it can do.

The tests of each kind run it: see docs/adding-a-provider.md.
"""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from ..providers.base import Provider

ADMINISTRATOR = "base.group_user,telephony_connector.group_telephony_administrator"
NUMBER = "+33612340001"
AGENT_ACTIONS = frozenset(("pause", "resume", "log_in", "log_out"))
# What is no event of anybody's.
RUBBISH = (b"", b"{", b"[]", b"7", b"\xff\x00", b"null", b'"' * 3, b"[" * 5000)


class ProviderContract:
    """For a `TelephonyCommon`, whose telephone system becomes one of the kind.

    The test class sets ``allow_inherited_tests_method = True``, ``kind``, and
    ``settings``: values of a telephone system of that kind that is ready for use, its
    secrets among them. Tests that would reach a server replace it in ``setUp``.
    """

    kind = ""
    settings = {}

    def setUp(self):
        super().setUp()
        self.administrator = new_test_user(self.env, "admin_t", groups=ADMINISTRATOR)
        self.pbx.write({"provider": self.kind, **self.settings})
        self.enterContext(
            patch.object(self.registry["telephony.pbx"], "_has_leader", lambda _: True)
        )
        self.env.flush_all()

    @property
    def provider(self):
        """The strategy object, as a user has it."""
        return self.pbx.with_user(self.alice)._get_provider()

    def build_event(self, guid):
        """Return a genuine event of a call that rings, for kinds with a webhook.

        :param str guid: the id of the event
        :return: headers and raw body
        :rtype: tuple[dict, bytes]
        """
        self.fail(f"{self.kind} has a webhook: its tests build a genuine event")

    def build_forged_event(self):
        """Return an event that does not bear the secret, for kinds with a webhook:
        headers and raw body."""
        self.fail(f"{self.kind} has a webhook: its tests build a forged event")

    # === THE KIND === #

    def test_kind_has_a_name_and_a_class(self):
        kinds = dict(self.pbx._fields["provider"]._description_selection(self.env))
        self.assertTrue(kinds[self.kind])
        found = self.pbx._get_provider_class()
        self.assertTrue(issubclass(found, Provider))
        self.assertIsNot(found, Provider, "_get_provider_class knows the kind")
        for other in kinds.keys() - {self.kind}:
            other_class = self.pbx.new({"provider": other})._get_provider_class()
            self.assertIsNot(other_class, found, other)

    def test_views_decide_by_what_the_kind_says(self):
        found = self.pbx._get_provider_class()
        for name in ("has_listener", "has_webhook", "has_click_to_call"):
            self.assertEqual(self.pbx[name], getattr(found, name), name)

    def test_listeners_find_what_they_connect_to(self):
        found = self.pbx.search([("has_listener", "=", True)])
        self.assertEqual(self.pbx in found, self.pbx.has_listener)

    def test_form_of_an_administrator(self):
        form = Form(
            self.pbx.with_user(self.administrator),
            "telephony_connector.telephony_pbx_view_form",
        )
        form.name = "Renamed"
        form.save()
        self.assertEqual(self.pbx.name, "Renamed")

    def test_system_becomes_another_kind_and_this_one_again(self):
        self.pbx.provider = "softphone"
        self.pbx.write({"provider": self.kind, **self.settings})
        self.assertEqual(self.pbx.provider, self.kind)

    # === WHAT IT CAN DO === #

    def test_controls_are_known(self):
        known = set(self.env["telephony.client"]._get_all_controls())
        self.assertLessEqual(self.provider.controls, known)
        self.assertLessEqual(self.provider.get_controls(), self.provider.controls)
        self.assertLessEqual(self.provider.get_agent_actions(), AGENT_ACTIONS)
        self.assertLessEqual(self.provider.can_dial_codes(), self.provider.dials_codes)

    def dial(self):
        return self.env["telephony.client"].with_user(self.alice).dial(NUMBER)

    def test_click(self):
        calls = self.env["telephony.call"]
        state = self.env["telephony.client"].with_user(self.alice).get_phone_state()
        self.assertEqual(state["can_call"], self.pbx.has_click_to_call)
        if not self.pbx.has_click_to_call:
            with self.assertRaisesRegex(UserError, self.pbx.name):
                self.dial()
            self.assertFalse(calls.search([("pbx_id", "=", self.pbx.id)]))
            return
        answer = self.dial()
        self.assertRecordValues(
            calls.search([("pbx_id", "=", self.pbx.id)]),
            [
                {
                    "id": answer["call_id"],
                    "direction": "outbound",
                    "number": NUMBER,
                    "extension_id": self.ext_alice.id,
                }
            ],
        )
        self.assertTrue(answer["message"])

    def test_no_number_passes_by_the_door(self):
        if not self.pbx.has_click_to_call:
            return
        call = self.env["telephony.call"].browse(self.dial()["call_id"])
        with self.assertRaises(TypeError):
            self.provider.dial(call, self.ext_alice, NUMBER)
            self.provider.describe_dial(call, NUMBER)

    def test_copy_of_a_database_dials_nothing(self):
        self.pbx.home = {**self.pbx.home, "name": "another"}
        self.env.flush_all()
        with self.assertRaises(UserError):
            self.dial()
        self.assertFalse(
            self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        )

    # === SECRETS === #

    def test_login_goes_to_a_place_or_nowhere(self):
        place = self.provider.get_login_place()
        self.assertIsInstance(place, str)
        self.assertEqual(place.split(), [place] if place else [])

    def test_secrets_are_write_only(self):
        as_administrator = self.pbx.with_user(self.administrator)
        for name in self.pbx._get_secret_fields():
            with self.subTest(name=name):
                self.assertFalse(as_administrator[name])
                for kept in (f"stored_{name}", f"{name}_places"):
                    with self.assertRaises(AccessError):
                        as_administrator.read([kept])
                    self.assertNotIn(kept, self.pbx.copy_data()[0])

    # === THE WEBHOOK === #

    def read_event(self, headers, body):
        provider = self.pbx.sudo()._get_provider()
        self.assertTrue(provider.is_webhook_genuine(headers, body))
        return provider.read_webhook(headers, body)

    def test_event(self):
        if not self.pbx.has_webhook:
            return
        guid, date, changes = self.read_event(*self.build_event("guid-1"))
        self.assertEqual(guid, "guid-1")
        self.assertIsInstance(date, datetime)
        self.assertIsNone(date.tzinfo, "naive UTC, as everywhere in Odoo")
        told = [{**change, "pbx_id": self.pbx.id} for change in changes]
        calls = self.env["telephony.call"]._apply_parts(told)
        self.assertEqual(calls.mapped("state"), ["ringing"])
        before = calls.read(), calls.leg_ids.read()
        self.env["telephony.call"]._apply_parts(told)
        self.assertEqual((calls.read(), calls.leg_ids.read()), before)

    def test_forged_event(self):
        provider = self.pbx.sudo()._get_provider()
        if not self.pbx.has_webhook:
            self.assertFalse(provider.is_webhook_genuine({}, b"{}"))
            return
        self.assertFalse(provider.is_webhook_genuine(*self.build_forged_event()))

    def test_without_a_secret_no_event_is_genuine(self):
        if not self.pbx.has_webhook:
            return
        events = self.build_event("guid-1"), self.build_forged_event()
        self.pbx.write(dict.fromkeys(self.pbx._get_secret_fields(), False))
        for event in events:
            provider = self.pbx.sudo()._get_provider()
            self.assertFalse(provider.is_webhook_genuine(*event))

    def test_rubbish_is_refused(self):
        if not self.pbx.has_webhook:
            return
        headers, _body = self.build_event("guid-1")
        provider = self.pbx.sudo()._get_provider()
        for body in RUBBISH:
            with self.subTest(body=body[:9]):
                try:
                    self.assertFalse(provider.is_webhook_genuine(headers, body))
                except ValueError:
                    continue

    def test_handshake(self):
        answer = self.pbx.sudo()._get_provider().answer_handshake({})
        self.assertEqual(answer, {}, "who asks for nothing gets nothing")
