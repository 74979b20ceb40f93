from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import payloads
from .common import TelephonyCommon, at
from .common_payloads import find_wrong

ADA = "+33612340001"


@tagged("post_install", "-at_install")
class TestWrapUp(TelephonyCommon):
    """What is left to do after a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada = cls.env["res.partner"].create({"name": "Ada", "phone": ADA})
        cls.sold = cls.env["telephony.disposition"].create({"name": "Sold it"})
        cls.card = cls.env["telephony.card"].with_user(cls.alice)

    def end(self, uniqueid="c1", direction="inbound", number=ADA, answered=True):
        """Return a call that Alice had."""
        leg = {
            "uniqueid": f"{uniqueid}-own",
            "extension": "1001",
            "state": "ended",
            "outcome": "answered" if answered else "cancelled",
            "start_date": at(0),
            "answer_date": at(5) if answered else None,
            "end_date": at(65),
        }
        return self.apply(
            self.change(
                uniqueid,
                1,
                direction=direction,
                state="ended",
                outcome="answered" if answered else "busy",
                number=number,
                extension="1001",
                start_date=at(0),
                answer_date=at(5) if answered else None,
                end_date=at(65),
                legs=[leg],
            )
        ).with_user(self.alice)

    def test_what_is_shown(self):
        for direction, retry in (("inbound", False), ("outbound", True)):
            call = self.end(direction, direction)
            shown = self.card.read_wrap_up(call.id)
            self.assertEqual([*find_wrong(shown, payloads.WrapUp)], [])
            self.assertEqual(
                (shown["name"], shown["duration"], shown["can_retry"]),
                ("Ada", 60, retry),
            )
            self.assertIn(
                {"id": self.sold.id, "name": "Sold it"}, shown["dispositions"]
            )

    def test_a_busy_number_is_wrapped_up_too(self):
        shown = self.card.read_wrap_up(
            self.end(direction="outbound", answered=False).id
        )
        self.assertEqual((shown["outcome_text"], shown["can_retry"]), ("Busy", True))

    def test_what_needs_none(self):
        call = self.ring("ringing").with_user(self.alice)
        self.assertFalse(self.card.read_wrap_up(call.id))
        call = self.end("internal", "internal", "1002")
        self.assertFalse(self.card.read_wrap_up(call.id))
        with self.assertRaises(AccessError):
            self.card.with_user(self.bruno).read_wrap_up(self.end("x").id)

    def test_the_next_missed_caller_is_another_one(self):
        now = fields.Datetime.now()
        for uniqueid, number in (("m1", ADA), ("m2", "+33612349999")):
            missed = self.ring(uniqueid, number=number)
            over = {"state": "ended", "outcome": "missed", "end_date": now}
            missed.write({**over, "start_date": now})
        call = self.end("late", number="+33612347777", direction="outbound")
        shown = self.card.read_wrap_up(call.id)
        self.assertIn(shown["next_missed"]["number"], (ADA, "+33612349999"))
        call = self.end("again", direction="outbound", answered=False)
        shown = self.card.read_wrap_up(call.id)
        self.assertEqual(shown["next_missed"]["number"], "+33612349999")

    def test_saving(self):
        call = self.end()
        revision = self.card.read_wrap_up(call.id)["revision"]
        self.assertTrue(
            self.card.save_wrap_up(call.id, "a <b>\nnote", self.sold.id, revision)
        )
        self.assertEqual(call.disposition_id, self.sold)
        self.assertIn("a &lt;b&gt;", call.note)
        self.assertEqual(call.object_ref, self.ada)
        with self.assertRaises(UserError):  # somebody saved it meanwhile
            self.card.save_wrap_up(call.id, "another", False, revision)
        self.assertNotIn("another", call.note)

    def test_saving_what_belongs_to_nobody(self):
        call = self.end(number="+33612348888")
        self.assertFalse(self.card.read_wrap_up(call.id)["object"])
        with self.assertRaises(UserError):
            self.card.save_wrap_up(call.id, "note", False, 0)
        with self.assertRaises(AccessError):
            self.card.with_user(self.bruno).save_wrap_up(call.id, "note", False, 0)

    def test_the_reason_is_reserved(self):
        for name in ("wrap-up", " Wrap-Up "):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.env["telephony.break.reason"].create({"name": name})
        self.pbx.allowed_actions = "QueuePause"
        provider = self.pbx.with_user(self.alice)._get_provider()
        with self.assertRaises(UserError):
            provider.act_on_agent(self.ext_alice, "pause", False, "wrap-up")

    def test_the_time_reaches_the_listener(self):
        self.pbx.company_id.telephony_wrap_up = 20
        told = []
        with patch.object(
            self.registry["telephony.listener"],
            "_notify",
            lambda _self, message: told.append(message),
        ):
            self.pbx.company_id.telephony_wrap_up = 30
            self.env.flush_all()
        self.assertTrue(any("settings" in message for message in told))
        for value in (-1, 3601):
            with self.subTest(value), self.assertRaises(CheckViolation):
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self.pbx.company_id.telephony_wrap_up = value
                    self.env.flush_all()

    def test_the_state_says_that_it_is_no_break(self):
        self.pbx.allowed_actions = "QueuePause"
        self.env["telephony.queue"].create({"name": "support", "pbx_id": self.pbx.id})
        for reason, is_wrapping_up in (("wrap-up", True), ("Lunch", False)):
            self.env["telephony.extension"]._set_presence(
                self.pbx.id,
                [
                    {
                        "extension": "1001",
                        "availability": "idle",
                        "queues": ["support"],
                        "paused_queues": ["support"],
                        "pause_reason": reason,
                    }
                ],
            )
            state = self.env["telephony.agent"].with_user(self.alice).get_state()
            self.assertEqual(state["is_wrapping_up"], is_wrapping_up)
