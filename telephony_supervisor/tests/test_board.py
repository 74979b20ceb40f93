from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import (
    USER_GROUPS,
    TelephonyCommon,
    at,
)

from ..models.telephony_board import BOARD

EVERYTHING = "QueuePause QueueAdd QueueRemove Originate"
SUPERVISOR = USER_GROUPS + ",telephony_connector.group_telephony_supervisor"
CODES = {"listen_code": "*551", "whisper_code": "*552", "barge_code": "*553"}


class BoardCommon(TelephonyCommon):
    """Alice and Bruno are in the queue “support”, Alice has a break."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.allowed_actions = EVERYTHING
        cls.support, cls.sales = cls.env["telephony.queue"].create(
            [
                {"name": "support", "pbx_id": cls.pbx.id},
                {"name": "sales", "pbx_id": cls.pbx.id},
            ]
        )
        cls.ext_supervisor = cls.env["telephony.extension"].create(
            {"number": "1009", "pbx_id": cls.pbx.id, "user_id": cls.supervisor.id}
        )
        cls.ext_alice.write(
            {
                "availability": "idle",
                "queues": "sales, support",
                "paused_queues": "support",
                "pause_reason": "Lunch",
            }
        )
        cls.ext_bruno.write({"availability": "in_use", "queues": "support"})
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "foreigner_t",
            groups=SUPERVISOR,
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )

    def setUp(self):
        super().setUp()
        patcher = patch.object(
            self.registry["telephony.pbx"], "_has_leader", lambda pbx: True
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def board(self, user=None):
        return self.env["telephony.board"].with_user(user or self.supervisor)

    def state(self, user=None):
        return self.board(user).get_state()

    def agents(self, user=None):
        return {row["number"]: row for row in self.state(user)["agents"]}

    def queues(self, user=None):
        return {row["name"]: row for row in self.state(user)["queues"]}

    def waiting(self, uniqueid="w1", revision=1, since=0, **values):
        """Return the call of somebody who waits in a queue."""
        return self.apply(
            self.change(
                uniqueid,
                revision,
                **{
                    "direction": "inbound",
                    "state": "ringing",
                    "number": "+33612340001",
                    "queue": "support",
                    "queue_date": at(since),
                    "start_date": at(0),
                    **values,
                },
            )
        )

    def talk(self, to="1002", uniqueid="t1"):
        """Return a call in which somebody of the company talks."""
        leg = {
            "uniqueid": f"{uniqueid}-{to}",
            "extension": to,
            "state": "ongoing",
            "start_date": at(0),
            "answer_date": at(5),
        }
        return self.apply(
            self.change(
                uniqueid,
                1,
                direction="inbound",
                state="ongoing",
                number="+33612340001",
                extension=to,
                start_date=at(0),
                answer_date=at(5),
                legs=[leg],
            )
        )

    def act(self, *args, user=None, **kwargs):
        """Do something with Alice or another agent; return the command's order."""
        extension = kwargs.pop("extension", self.ext_alice)
        answer = self.board(user).act(extension.id, *args, **kwargs)
        command = self.env["telephony.command"].browse(answer["command_id"])
        self.assertEqual(command.user_id, user or self.supervisor)
        return command.action, command.payload

    def join_a_team(self, *users):
        return self.env["crm.team"].create(
            {
                "name": "North",
                "company_id": self.env.company.id,
                "member_ids": [Command.set([user.id for user in users])],
            }
        )


@tagged("post_install", "-at_install")
class TestBoardState(BoardCommon):
    def test_agents(self):
        agents = self.agents()
        self.assertEqual(set(agents), {"1001", "1002", "1009"})
        alice = agents["1001"]
        self.assertEqual(alice["queues"], ["sales", "support"])
        self.assertEqual(alice["paused_queues"], ["support"])
        self.assertEqual((alice["availability"], alice["reason"]), ("idle", "Lunch"))
        self.assertTrue(agents["1009"]["is_mine"])

    def test_calls(self):
        self.env["res.partner"].create(
            {"name": "Jeanne", "phone": "+33612340001", "country_id": self.france.id}
        )
        self.talk()
        [call] = self.state()["calls"]
        self.assertEqual(call["contact"], "Jeanne")
        self.assertEqual(call["talking"], self.ext_bruno.ids)
        self.assertEqual(call["since"], "2026-03-02 09:00:05")

    def test_callers_that_are_no_contacts(self):
        """Any record is named, as on the card, to those alone who may read it."""
        lead = self.env["crm.lead"].create(
            {"name": "Boat", "phone": "+33612340001", "user_id": False}
        )
        self.talk()
        [call] = self.state()["calls"]
        self.assertEqual(call["contact"], lead.display_name)
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": [("id", "!=", lead.id)],
            }
        )
        self.assertNotIn("Boat", str(self.state()))

    def test_a_contact_that_may_not_be_read_is_not_named(self):
        partner = self.env["res.partner"].create(
            {"name": "Jeanne", "phone": "+33612340001", "country_id": self.france.id}
        )
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        self.talk()
        self.assertNotIn("Jeanne", str(self.state()))

    def test_waiting_callers(self):
        self.waiting("w2", since=30)
        call = self.waiting("w1", since=10)
        self.assertEqual(
            self.queues()["support"]["waiting"],
            ["2026-03-02 09:00:10", "2026-03-02 09:00:30"],
        )
        self.assertEqual(self.queues()["sales"]["waiting"], [])
        self.waiting("w1", 2, queue_date=None)
        self.assertFalse(call.queue_date, "a member took the call")
        self.assertEqual(len(self.queues()["support"]["waiting"]), 1)

    def test_who_gave_up_waits_no_more(self):
        self.waiting()
        self.apply(
            self.change("w1", state="ended", outcome="missed", end_date=at(40)),
        )
        self.assertEqual(self.queues()["support"]["waiting"], [])

    def test_calls_of_today(self):
        now = fields.Datetime.now()
        for uniqueid, outcome in (("a", "answered"), ("b", "missed"), ("c", "missed")):
            self.waiting(uniqueid, state="ended", outcome=outcome, start_date=now)
        self.waiting("d", state="ended", outcome="missed")
        support = self.queues()["support"]
        self.assertEqual((support["answered"], support["missed"]), (1, 2))

    def test_changes(self):
        first, second = self.talk(), self.talk("1001", "t2")
        self.apply(self.change("t2", 2, state="ended", end_date=at(60)))
        changes = self.board().get_changes((first | second).ids, self.ext_bruno.ids)
        self.assertEqual([call["id"] for call in changes["calls"]], first.ids)
        self.assertEqual(changes["gone_calls"], second.ids)
        self.assertEqual([row["number"] for row in changes["agents"]], ["1002"])

    def test_a_telephone_system_that_is_not_connected(self):
        self.assertFalse(self.state()["pbxs"][0]["fault"])
        self.pbx.connection_state = "unreachable"
        self.assertEqual(self.state()["pbxs"][0]["fault"], "Not reachable")

    def test_figures_are_those_of_the_listener(self):
        """When the phones began to do what they do, and whatever else is new."""
        presence = {
            "extension": "1002",
            "availability": "idle",
            "queues": ["support"],
            "paused_queues": ["support"],
            "pause_reason": "Lunch",
        }
        extensions = self.env["telephony.extension"]
        extensions._set_presence(self.pbx.id, [presence])
        since = self.ext_bruno.state_date
        self.assertTrue(since)
        self.assertEqual(self.ext_bruno.pause_reason, "Lunch")
        self.ext_bruno.state_date = at(0)
        presence["queues"] = ["sales", "support"]
        extensions._set_presence(self.pbx.id, [presence])
        self.assertEqual(self.ext_bruno.state_date, at(0), "the break goes on")

    def test_queues_are_taken_up(self):
        self.env["telephony.queue"]._add_missing(self.pbx.id, ["support", "night", ""])
        names = self.env["telephony.queue"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(sorted(names.mapped("name")), ["night", "sales", "support"])


@tagged("post_install", "-at_install")
class TestBoardRights(BoardCommon):
    def test_users_have_no_board(self):
        for user in (self.alice, self.outsider):
            with self.assertRaises(AccessError):
                self.board(user).get_state()
            with self.assertRaises(AccessError):
                self.board(user).get_changes([], [])
            with self.assertRaises(AccessError):
                self.act("pause", user=user)

    def test_another_company_is_out_of_reach(self):
        call = self.talk()
        state = self.state(self.foreigner)
        for name in ("agents", "queues", "calls", "pbxs"):
            self.assertEqual(state[name], [], name)
        changes = self.board(self.foreigner).get_changes(call.ids, self.ext_bruno.ids)
        self.assertEqual(changes["calls"] + changes["agents"], [])
        self.assertEqual(changes["gone_calls"], call.ids)
        with self.assertRaises(AccessError):
            self.act("pause", user=self.foreigner)

    def test_supervisors_of_teams(self):
        self.env.company.telephony_supervisor_scope = "team"
        self.talk("1002", "t2")
        self.assertEqual(self.agents(), {})
        self.assertEqual(self.queues(), {})
        team = self.join_a_team(self.alice)
        team.user_id = self.supervisor
        self.assertEqual(set(self.agents()), {"1001"})
        self.assertEqual(self.agents()["1001"]["team_ids"], team.ids)
        self.assertEqual(self.state()["teams"], [{"id": team.id, "name": "North"}])
        self.assertEqual(set(self.queues()), {"sales", "support"})
        self.assertEqual(self.state()["calls"], [])
        with self.assertRaises(AccessError):
            self.act("pause", extension=self.ext_bruno)
        self.act("pause")

    def test_a_queue_tells_how_many_wait_not_who(self):
        self.env.company.telephony_supervisor_scope = "team"
        self.join_a_team(self.alice).user_id = self.supervisor
        self.waiting()
        self.assertEqual(len(self.queues()["support"]["waiting"]), 1)
        self.assertNotIn("12 34 00 01", str(self.state()))

    def test_the_bus_is_for_supervisors_alone(self):
        sockets = self.env["ir.websocket"]
        for user, expected in (
            (self.supervisor, [(self.pbx, "board")]),
            (self.alice, []),
            (self.foreigner, []),
        ):
            found = self.env["telephony.board"].with_user(user)._get_bus_channels()
            self.assertEqual(found, expected)
        websocket = SimpleNamespace(session=SimpleNamespace(uid=None))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", websocket):
            for user, expected in (
                (self.supervisor, [(self.pbx, "board")]),
                (self.alice, []),
            ):
                channels = sockets.with_user(user)._build_bus_channel_list([BOARD])
                texts = [each for each in channels if isinstance(each, str)]
                self.assertNotIn(BOARD, texts)
                found = [
                    each
                    for each in channels
                    if isinstance(each, tuple) and each[1] == "board"
                ]
                self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestBoardNews(BoardCommon):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(
            self.registry["telephony.pbx"],
            "_bus_send",
            lambda pbx, kind, payload, subchannel: self.sent.append(payload),
        )

    def test_calls_are_named_by_id_alone(self):
        call = self.talk()
        self.assertEqual(self.sent, [{"pbx_id": self.pbx.id, "calls": call.ids}])

    def test_the_listener_tells_later(self):
        calls = self.env["telephony.call"].with_context(telephony_notify_later=True)
        calls._apply([self.change("c1", 1, state="ringing", start_date=at(0))])
        self.assertEqual(self.sent, [])

    def test_agents(self):
        presence = {
            "extension": "1001",
            "availability": "ringing",
            "queues": [],
            "paused_queues": [],
            "pause_reason": "",
        }
        self.env["telephony.extension"]._set_presence(self.pbx.id, [presence])
        self.assertEqual(
            self.sent, [{"pbx_id": self.pbx.id, "extensions": self.ext_alice.ids}]
        )

    def test_who_sits_where(self):
        everything = {"pbx_id": self.pbx.id}
        extension = self.env["telephony.extension"].create(
            {"number": "1010", "pbx_id": self.pbx.id}
        )
        extension.user_id = self.outsider
        extension.sequence = 20
        extension.unlink()
        self.assertEqual(self.sent, [everything] * 3)

    def test_the_connection(self):
        self.pbx._set_connection("unreachable")
        self.assertEqual(self.sent, [{"pbx_id": self.pbx.id}])


@tagged("post_install", "-at_install")
class TestBoardActions(BoardCommon):
    def test_break(self):
        self.assertEqual(
            self.act("pause", reason="  Lunch\nbreak "),
            ("pause", {"extension": "1001", "paused": True, "reason": "Lunch break"}),
        )
        self.assertEqual(
            self.act("resume"),
            ("pause", {"extension": "1001", "paused": False, "reason": ""}),
        )

    def test_queues(self):
        order = {
            "extension": "1001",
            "device": "PJSIP/1001",
            "name": self.alice.name,
            "queue": "sales",
        }
        self.assertEqual(self.act("log_in", queue="sales"), ("log_in", order))
        self.assertEqual(self.act("log_out", queue="sales"), ("log_out", order))

    def test_queues_that_there_are(self):
        for name in (False, "", "elsewhere", "sales\r\nAction: Command"):
            with self.subTest(name=name), self.assertRaises(UserError):
                self.act("log_in", queue=name)

    def test_only_what_the_account_may(self):
        self.pbx.allowed_actions = "Originate"
        self.assertEqual(self.state()["pbxs"][0]["actions"], [])
        for action in ("pause", "log_in", "reboot", "unlink"):
            with self.subTest(action=action), self.assertRaises(UserError):
                self.act(action, queue="sales")

    def test_refusals_in_words(self):
        for code in ("not_member", "member_exists", "member_fixed", "no_queue"):
            command = self.env["telephony.command"].create(
                {
                    "pbx_id": self.pbx.id,
                    "user_id": self.supervisor.id,
                    "action": "log_out",
                    "state": "failed",
                    "code": code,
                    "expire_date": at(0),
                }
            )
            self.assertIn("queue", command._get_message())
            self.assertNotIn("refused", command._get_message())


@tagged("post_install", "-at_install")
class TestSpying(BoardCommon):
    def acknowledge(self):
        self.pbx.with_user(self.env.ref("base.user_admin")).action_acknowledge_spying()
        self.pbx.write(CODES)

    def spy(self, mode="listen", extension=None, user=None):
        return self.act(mode, extension=extension or self.ext_bruno, user=user)

    def test_the_own_phone_rings_and_dials_the_code(self):
        self.acknowledge()
        self.talk()
        for mode, code in zip(
            ("listen", "whisper", "barge"), CODES.values(), strict=True
        ):
            action, order = self.spy(mode)
            self.assertEqual(action, "dial_code")
            self.assertEqual(order["number"], f"{code}1002")
            self.assertEqual(order["device"], "PJSIP/1009")
            self.assertEqual(order["context"], self.pbx.context)
            self.assertFalse(order.keys() & {"application", "data", "variables"})

    def test_nothing_is_offered_before_the_law_note_was_acknowledged(self):
        self.pbx.write(CODES)
        self.talk()
        self.assertNotIn("listen", self.state()["pbxs"][0]["actions"])
        with self.assertRaises(UserError):
            self.spy()
        self.acknowledge()
        self.assertIn("listen", self.state()["pbxs"][0]["actions"])

    def test_who_acknowledged_it_is_kept_and_not_forged(self):
        self.acknowledge()
        administrator = self.env.ref("base.user_admin")
        self.assertEqual(self.pbx.spy_user_id, administrator)
        self.assertTrue(self.pbx.spy_date)
        for values in ({"spy_user_id": self.alice.id}, {"spy_date": at(0)}):
            with self.assertRaises(AccessError):
                self.pbx.with_user(administrator).write(values)
            with self.assertRaises(AccessError):
                self.pbx.with_user(administrator).create({"name": "New", **values})
        self.assertFalse(self.pbx.copy({"name": "Copy"}).spy_date)
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.supervisor).action_acknowledge_spying()

    def test_only_the_modes_that_have_a_code(self):
        self.acknowledge()
        self.pbx.barge_code = False
        self.talk()
        self.assertNotIn("barge", self.state()["pbxs"][0]["actions"])
        with self.assertRaises(UserError):
            self.spy("barge")

    def test_codes_are_digits(self):
        for code in ("55;1", "*55 1", "{number}", "abc"):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.pbx.listen_code = code

    def test_only_who_talks(self):
        self.acknowledge()
        with self.assertRaises(UserError):
            self.spy()
        self.talk("1009")
        with self.assertRaises(UserError):
            self.spy(extension=self.ext_supervisor)

    def test_who_has_no_extension_there(self):
        self.acknowledge()
        self.talk()
        self.ext_supervisor.user_id = False
        with self.assertRaises(UserError):
            self.spy()

    def test_whom_one_does_not_supervise(self):
        self.acknowledge()
        self.talk()
        for user in (self.alice, self.foreigner):
            with self.assertRaises(AccessError):
                self.spy(user=user)
        self.env.company.telephony_supervisor_scope = "team"
        with self.assertRaises(AccessError):
            self.spy()

    def test_no_way_round_the_board(self):
        """The dial box and transfers do not reach the codes."""
        self.acknowledge()
        self.talk()
        for number in ("*5511002", "*55 2 1002"):
            with self.subTest(number=number), self.assertRaises(UserError):
                self.env["telephony.client"].with_user(self.alice).dial(number)
