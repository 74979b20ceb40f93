"""The door out: what may go to a telephone system, by whichever way."""

import itertools
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TelephonyCommon, at

GROUP = "telephony_connector.group_telephony_"
ACTIONS = "Atxfer BlindTransfer Hangup Originate Park Redirect QueuePause QueueAdd"
NUMBER = "+33612340001"
# A number of the blacklist, and one that begins as blocked ones: as they are, and as
# the network understands them all the same.
UNWANTED = "+33612340000"
UNWANTED_FORMS = ("0612340000", "06123400007", "0033612340000777", "+336123400007")
BLOCKED_FORMS = ("0899123456", "08991234567", "0033899123456", "+338991234567", "08991")
CODE_FORMS = ("*720899123456", "*31#08991234567", "*72+338991234567")


class WayOutCommon(TelephonyCommon):
    """Alice talks with a caller; whatever is asked of the telephone system is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write(
            {
                "allowed_actions": ACTIONS,
                "voicemail_code": "*{number}",
                "pickup_code": "**",
                "blocked_numbers": "+3389* +33612340009",
            }
        )
        cls.env["phone.blacklist"].create({"number": UNWANTED})

    def setUp(self):
        super().setUp()
        self.counter = itertools.count()
        patcher = patch.object(
            self.registry["telephony.pbx"], "_has_leader", lambda pbx: True
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def talk(self, state="ongoing", user=None):
        common = {"state": state, "start_date": at(0)}
        if state == "ongoing":
            common["answer_date"] = at(1)
        legs = [
            {"uniqueid": "own", "channel": "PJSIP/1001-1", "extension": "1001"},
            {"uniqueid": "other", "channel": "PJSIP/trunk-2", "number": NUMBER},
        ]
        call = self.apply(
            self.change(
                f"talk-{next(self.counter)}",
                1,
                direction="inbound",
                number=NUMBER,
                extension="1001",
                legs=[{**leg, **common} for leg in legs],
                **common,
            )
        )
        return call.with_user(user or self.alice)

    def ways(self, user=None):
        """Return what sends a number that a user chose: name → function."""
        user = user or self.alice
        call, ringing = self.talk(user=user), self.talk("ringing", user)
        client = self.env["telephony.client"].with_user(user)
        return {
            "dial": client.dial,
            "transfer": lambda number: self.control(call, "transfer", number),
            "forward": lambda number: self.control(ringing, "transfer", number),
            "attended_transfer": lambda number: self.control(
                call, "attended_transfer", number
            ),
            "voicemail": lambda number: self.control(call, "voicemail", number),
            "server action": lambda number: self.run_action(user, number),
        }

    def run_action(self, user, number, **values):
        partner = self.env["res.partner"].create({"name": "P", "phone": number})
        action = self.env["ir.actions.server"].create(
            {
                "name": "Call",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "telephony_dial",
                "telephony_user_id": user.id,
                **values,
            }
        )
        context = {"active_model": "res.partner", "active_id": partner.id}
        return action.with_context(**context, active_ids=partner.ids).run()

    def sent(self):
        commands = self.env["telephony.command"].search([("pbx_id", "=", self.pbx.id)])
        return [c.payload["number"] for c in commands if "number" in (c.payload or {})]

    def assert_refused(self, numbers, error=UserError, user=None, ways=()):
        for name, send in self.ways(user).items():
            for number in numbers:
                if ways and name not in ways:
                    continue
                with (
                    self.subTest(way=name, number=number),
                    self.assertRaises(error),
                    self.env.cr.savepoint(),
                ):
                    send(number)
        self.assertEqual(self.sent(), [])


@tagged("post_install", "-at_install")
class TestWayOut(WayOutCommon):
    def test_each_way_sends_what_may_be_sent(self):
        for name, send in self.ways().items():
            with self.subTest(way=name):
                send("1002" if name == "voicemail" else "06 12 34 00 01")
        wanted = [NUMBER] * 4 + ["*1002", NUMBER]
        self.assertEqual(sorted(self.sent()), sorted(wanted))

    def test_blocked_numbers(self):
        self.assert_refused((*BLOCKED_FORMS, *CODE_FORMS, "06123400097"))

    def test_blocked_numbers_however_they_are_dialed(self):
        for values in (
            {"dial_format": "national", "outside_prefix": "0"},
            {"dial_format": "international", "outside_prefix": "9"},
            {"dial_format": "international", "international_prefix": "011"},
        ):
            self.pbx.write(values)
            self.assert_refused(BLOCKED_FORMS, ways=("dial", "transfer"))

    def test_numbers_not_to_call(self):
        self.assert_refused((*UNWANTED_FORMS, "*7206123400007", "*31#0612340000"))

    def test_numbers_not_to_call_after_a_question(self):
        self.alice.group_ids += self.env.ref(f"{GROUP}do_not_call")
        for number in UNWANTED_FORMS:
            for name, send in self.ways().items():
                if name in ("voicemail", "server action"):
                    continue
                with self.subTest(way=name, number=number):
                    self.assertIn("anyway", send(number)["confirm"])
        self.assertEqual(self.sent(), [], "nothing without an answer")
        self.control(self.talk(), "transfer", UNWANTED, True)
        self.env["telephony.client"].with_user(self.alice).dial(
            UNWANTED, confirmed=True
        )
        self.assertEqual(self.sent(), [UNWANTED] * 2)

    def test_emergency_numbers_are_never_blocked(self):
        self.pbx.write({"blocked_numbers": "112 1*", "outside_prefix": "0"})
        for name, send in self.ways().items():
            if name != "voicemail":
                send("112")
        self.assertEqual(self.sent(), ["112"] * 5)

    def test_a_mailbox_is_a_known_extension(self):
        foreign = self.pbx.copy({"name": "Other"})
        self.env["telephony.extension"].create(
            [
                {"number": "2001", "pbx_id": foreign.id},
                {"number": "2002", "pbx_id": self.pbx.id, "active": False},
            ]
        )
        numbers = ("2001", "2002", "1009", "", NUMBER, "5511002", "97", "#", "112")
        self.assert_refused(numbers, ways=("voicemail",))

    def test_pick_up_leads_to_the_phone_that_rings(self):
        self.ext_bruno.user_id = self.supervisor
        call = self.talk("ringing", self.supervisor)
        self.control(call, "pickup", "5511002")
        self.assertEqual(self.sent(), ["**1001"])

    def test_codes_that_have_a_button(self):
        self.assert_refused(("**1001", "*1002"), ways=("dial", "transfer"))
        client = self.env["telephony.client"].with_user(self.alice)
        for number in ("*97", "**1009", "*31#0612340001", "*11002"):
            client.dial(number)
        self.assertEqual(len(self.sent()), 4, "codes of the telephone system go")

    def test_what_is_no_number(self):
        hostile = ("1\r\nAction: x", "1,2", "${X}", "++1", "x", "*1 2", "9" * 33, "*٣")
        for name, send in self.ways().items():
            for number in (*hostile, "", "anonymous", "\u202e", "*\n"):
                with self.subTest(way=name, number=number):
                    try:
                        with self.env.cr.savepoint():
                            send(number)
                    except UserError:
                        continue
        for number in self.sent():
            self.assertRegex(number, r"\A\+?[0-9*#]{1,32}\Z")

    def test_commands_take_no_other_number(self):
        send = self.env["telephony.command"]._send
        with self.assertRaises(TypeError):
            send(self.pbx, "redirect", {"channel": "PJSIP/1-1", "number": "*5511002"})

    def test_providers_take_no_other_number(self):
        call = self.talk()
        self.pbx.provider = "softphone"
        provider = self.pbx._get_provider()
        with self.assertRaises(TypeError):
            provider.describe_dial(call, "0899123456")

    def test_other_systems_ask_the_same_door(self):
        self.pbx.provider = "softphone"
        client = self.env["telephony.client"].with_user(self.alice)
        for number in (*BLOCKED_FORMS, *UNWANTED_FORMS, *CODE_FORMS):
            with self.subTest(number=number), self.assertRaises(UserError):
                client.dial(number)


@tagged("post_install", "-at_install")
class TestSender(WayOutCommon):
    """Who may call at all is asked in each request."""

    def everything(self, user):
        call, ringing = self.talk(user=user), self.talk("ringing", user)
        client = self.env["telephony.client"].with_user(user)
        command = self.env["telephony.command"].create(
            {
                "pbx_id": self.pbx.id,
                "user_id": user.id,
                "action": "hangup",
                "expire_date": at(0),
            }
        )
        return {
            **self.ways(user),
            **{
                name: lambda _number, name=name: self.control(call, name)
                for name in ("park", "hangup")
            },
            "pickup": lambda _number: self.control(ringing, "pickup"),
            "check": lambda _number: command.with_user(user).check(),
            "search": lambda number: client.search_callees(number),
            "panel": lambda _number: client.get_panel(),
            "state": lambda _number: client.get_phone_state(),
            "nothing to search": lambda _number: client.search_callees(""),
        }

    def assert_all_refused(self, user):
        for name, act in self.everything(user).items():
            with (
                self.subTest(act=name),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                act("1002")
        self.assertEqual(self.sent(), [])

    def test_having_an_extension_is_no_right(self):
        self.ext_alice.user_id = self.outsider
        self.assert_all_refused(self.outsider)

    def test_portal_user_with_an_extension(self):
        portal = new_test_user(self.env, "portal_t", groups="base.group_portal")
        self.ext_alice.user_id = portal
        self.assert_all_refused(portal)

    def test_taking_the_right_away_stops_it_at_once(self):
        call = self.talk()
        self.env["telephony.client"].with_user(self.alice).dial(NUMBER)
        self.control(call, "transfer", NUMBER)
        self.env["telephony.command"].search([]).unlink()
        self.alice.group_ids -= self.env.ref(f"{GROUP}user")
        with self.assertRaises(AccessError):
            self.control(call, "transfer", NUMBER)
        self.assert_all_refused(self.alice)

    def test_nobody_lets_others_phones_ring_by_hand(self):
        """An action that rings a colleague needs the right of who runs it; automations
        are the system's."""
        self.outsider.group_ids += self.env.ref("base.group_partner_manager")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Call",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "telephony_dial",
                "telephony_user_id": self.alice.id,
            }
        )
        parent = action.create(
            {
                "name": "Several",
                "model_id": action.model_id.id,
                "state": "multi",
                "child_ids": action.ids,
            }
        )
        partner = self.env["res.partner"].create({"name": "P", "phone": NUMBER})
        for each in (action, parent):
            run = each.with_user(self.outsider).with_context(
                active_model="res.partner", active_id=partner.id
            )
            with self.subTest(action=each.name), self.assertRaises(AccessError):
                run.run()
            self.assertEqual(self.sent(), [])
        run.sudo().run()
        self.assertEqual(self.sent(), [NUMBER])


@tagged("post_install", "-at_install")
class TestTelephoneSystemsActions(WayOutCommon):
    ACTIONS = (
        "action_reconnect",
        "action_find_extensions",
        "action_renew_webhook",
        "action_new_token",
        "action_download_3cx",
        "action_take_over",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env, "administrator_t", groups=f"{GROUP}administrator"
        )
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign_administrator = new_test_user(
            cls.env,
            "foreign_administrator_t",
            groups=f"{GROUP}administrator",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )
        cls.portal = new_test_user(cls.env, "portal_t", groups="base.group_portal")

    def setUp(self):
        super().setUp()
        self.notified = []
        self.patch(
            self.registry["telephony.listener"],
            "_notify",
            lambda listener, message: self.notified.append(message),
        )

    def test_all_actions_are_named_here(self):
        actions = {
            name
            for cls in type(self.pbx).mro()
            if cls.__module__.startswith("odoo.addons.telephony_connector")
            for name in vars(cls)
            if name.startswith("action_")
        }
        self.assertEqual(actions, set(self.ACTIONS))

    def test_administrators_of_the_company_alone(self):
        for user in (
            self.portal,
            self.outsider,
            self.alice,
            self.supervisor,
            self.foreign_administrator,
        ):
            pbx = self.pbx.with_user(user)
            pbx = pbx.with_context(allowed_company_ids=user.company_ids.ids)
            for action in self.ACTIONS:
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(pbx, action)()
        self.assertEqual(self.notified, [])

    def test_one_try_in_a_few_seconds(self):
        pbx = self.pbx.with_user(self.administrator)
        for _n in range(20):
            answer = pbx.action_reconnect()
        self.assertEqual(self.notified, [{"reconnect": pbx.ids}])
        self.assertIn("moment ago", answer["params"]["message"])
        self.pbx.try_date = at(0)
        pbx.action_reconnect()
        self.assertEqual(len(self.notified), 2)

    def test_how_a_system_is_reached_users_do_not_see(self):
        """No field of a telephone system but those that the client shows."""
        shown = {
            "active",
            "company_id",
            "connection_date",
            "connection_state",
            "country_id",
            "create_date",
            "create_uid",
            "display_name",
            "extension_ids",
            "has_click_to_call",
            "has_listener",
            "has_webhook",
            "id",
            "internal_calls",
            "name",
            "open_page_on",
            "provider",
            "sequence",
            "shown_state",
            "unknown_caller",
            "write_date",
            "write_uid",
        }
        for user in (self.alice, self.supervisor):
            seen = {
                name
                for name in self.pbx.with_user(user).fields_get()
                if "telephony_connector" in (self.pbx._fields[name]._modules or shown)
            }
            self.assertLessEqual(seen, shown)
            for name in (
                "voicemail_code",
                "host",
                "port",
                "dial_string",
                "pickup_code",
            ):
                pbx = self.pbx.with_user(user)
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        pbx.read([name])
                    with self.assertRaises(AccessError):
                        pbx.search([(name, "=like", "*%")])
        with self.assertRaises(AccessError):
            self.ext_bruno.with_user(self.alice).read(["devices"])

    def test_nobody_asks_whom_a_number_belongs_to(self):
        method = type(self.env["telephony.number"]).match
        self.assertTrue(method._api_private)
