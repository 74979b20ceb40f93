from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestAgentState(TelephonyCommon):
    """What agents see and change of their own place in the queues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.allowed_actions = "QueueAdd QueuePause QueueRemove"
        cls.support, cls.sales = cls.env["telephony.queue"].create(
            [
                {"name": "support", "pbx_id": cls.pbx.id},
                {"name": "sales", "pbx_id": cls.pbx.id, "is_self_service": True},
            ]
        )
        cls.lunch = cls.env["telephony.break.reason"].create({"name": "Lunch"})

    def setUp(self):
        super().setUp()
        patcher = patch.object(
            self.registry["telephony.pbx"], "_has_leader", lambda pbx: True
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.agent = self.env["telephony.agent"].with_user(self.alice)
        self.tell(["support"])

    def tell(self, queues, paused=(), reason=""):
        """Say what the telephone system tells of Alice."""
        self.env["telephony.extension"]._set_presence(
            self.pbx.id,
            [
                {
                    "extension": "1001",
                    "availability": "idle",
                    "queues": queues,
                    "paused_queues": list(paused),
                    "pause_reason": reason,
                }
            ],
        )

    def get_order(self, answer):
        command = self.env["telephony.command"].browse(answer["command_id"])
        self.assertEqual(command.user_id, self.alice)
        return command.action, command.payload

    def test_the_state(self):
        state = self.agent.get_state()
        self.assertEqual(
            [(q["name"], q["is_member"], q["can_change"]) for q in state["queues"]],
            [("sales", False, True), ("support", True, False)],
        )
        self.assertEqual((state["in_queues"], state["is_paused"]), (True, False))
        self.assertEqual(state["reasons"], [{"id": self.lunch.id, "name": "Lunch"}])
        self.tell(["support"], ["support"], "Lunch")
        state = self.agent.get_state()
        self.assertEqual((state["is_paused"], state["reason"]), (True, "Lunch"))

    def test_a_break_and_its_end(self):
        action, payload = self.get_order(self.agent.pause(self.lunch.id))
        self.assertEqual(action, "pause")
        self.assertEqual(
            payload, {"extension": "1001", "paused": True, "reason": "Lunch"}
        )
        _action, payload = self.get_order(self.agent.resume())
        self.assertEqual((payload["extension"], payload["paused"]), ("1001", False))
        _action, payload = self.get_order(self.agent.pause())
        self.assertEqual(payload["reason"], "")

    def test_queues_that_agents_enter_themselves(self):
        for action in ("log_in", "log_out"):
            with self.subTest(action):
                answer = getattr(self.agent, action)(self.sales.id)
                ordered, payload = self.get_order(answer)
                self.assertEqual((ordered, payload["queue"]), (action, "sales"))
                self.assertEqual(payload["extension"], "1001")
                for queue in (self.support.id, 0, False, self.support.id + 100000):
                    with self.assertRaises(UserError):
                        getattr(self.agent, action)(queue)

    def test_a_queue_of_another_telephone_system(self):
        other = self.pbx.copy({"name": "Other"})
        queue = self.env["telephony.queue"].create(
            {"name": "sales", "pbx_id": other.id, "is_self_service": True}
        )
        with self.assertRaises(UserError):
            self.agent.log_in(queue.id)

    def test_what_the_system_does_not_allow(self):
        self.pbx.allowed_actions = "QueuePause"
        state = self.agent.get_state()
        self.assertEqual([q["can_change"] for q in state["queues"]], [False])
        with self.assertRaises(UserError):
            self.agent.log_in(self.sales.id)
        self.pbx.allowed_actions = "Originate"
        self.assertFalse(self.agent.get_state())
        with self.assertRaises(UserError):
            self.agent.pause()

    def test_who_is_no_agent(self):
        outsider = self.agent.with_user(self.outsider)
        for method in ("get_state", "pause", "resume"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(outsider, method)()
        with self.assertRaises(AccessError):
            outsider.log_in(self.sales.id)
        no_phone = self.agent.with_user(self.supervisor)
        self.assertFalse(no_phone.get_state())
        with self.assertRaises(UserError):
            no_phone.pause()

    def test_all_tabs_hear_of_a_change(self):
        with patch.object(
            self.registry["res.users"], "_bus_send", autospec=True
        ) as send:
            self.tell(["support"], ["support"], "Lunch")
            self.tell(["support"], ["support"], "Lunch")
            self.tell(["support"], ["support"], "Meeting")
            self.tell(["sales", "support"])
        told = [
            call.args[0]
            for call in send.call_args_list
            if call.args[1] == "telephony.agent/changed"
        ]
        self.assertEqual(told, [self.alice] * 3)
