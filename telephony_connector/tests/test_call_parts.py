import itertools

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TelephonyCommon, at


def leg(extension, state, **dates):
    return {"uniqueid": extension, "extension": extension, "state": state, **dates}


@tagged("post_install", "-at_install")
class TestCallParts(TelephonyCommon):
    """Calls that a webhook or the API tells of, piece by piece."""

    def tell(self, uniqueid="p1", **values):
        return self.env["telephony.call"]._apply_parts(
            [self.change(uniqueid, **values)]
        )

    def ringing(self, extension, second, uniqueid="p1"):
        return self.change(
            uniqueid,
            direction="inbound",
            state="ringing",
            number="+33612340001",
            start_date=at(second),
            legs=[leg(extension, "ringing", start_date=at(second))],
        )

    def stop(self, extension, second, uniqueid="p1"):
        return self.change(
            uniqueid,
            legs=[
                leg(extension, "ended", end_date=at(second), outcome="cancelled"),
            ],
        )

    def answered(self, extension, second, uniqueid="p1"):
        return self.change(
            uniqueid,
            state="ongoing",
            answer_date=at(second),
            legs=[leg(extension, "ongoing", answer_date=at(second))],
        )

    def ended(self, second, uniqueid="p1"):
        return self.change(uniqueid, state="ended", end_date=at(second))

    def told(self, *changes):
        """Pass changes through the door one by one; return what the log says then."""
        for change in changes:
            self.env["telephony.call"]._apply_parts([change])
        call = self.env["telephony.call"].search(
            [("uniqueid", "=", changes[0]["uniqueid"])]
        )
        return {
            "state": call.state,
            "outcome": call.outcome,
            "answer_date": call.answer_date,
            "end_date": call.end_date,
            "user": call.user_id,
            "legs": {
                one.number: (one.state, one.outcome, one.answer_date, one.end_date)
                for one in call.leg_ids
            },
        }

    def test_answered_call_in_every_order(self):
        """Two phones ring, one answers: whatever comes first, the log says the same."""
        logs = []
        for number, order in enumerate(itertools.permutations(range(5))):
            name = f"p{number}"
            parts = [
                self.ringing("1001", 0, name),
                self.ringing("1002", 0, name),
                self.stop("1002", 4, name),
                self.answered("1001", 4, name),
                self.ended(64, name),
            ]
            logs.append(self.told(*(parts[index] for index in order)))
        self.assertEqual(
            logs[0],
            {
                "state": "ended",
                "outcome": "answered",
                "answer_date": at(4),
                "end_date": at(64),
                "user": self.alice,
                "legs": {
                    "1001": ("ended", "answered", at(4), at(64)),
                    "1002": ("ended", "cancelled", False, at(4)),
                },
            },
        )
        for log in logs[1:]:
            self.assertEqual(log, logs[0])

    def test_missed_call(self):
        log = self.told(
            self.ringing("1001", 0), self.ringing("1002", 0), self.ended(20)
        )
        self.assertEqual((log["state"], log["outcome"]), ("ended", "missed"))
        self.assertFalse(log["user"], "two were rung: none of them handled it")
        self.assertEqual(log["legs"]["1001"][:2], ("ended", "cancelled"))

    def test_only_phone_that_rang_handled_it(self):
        log = self.told(self.ringing("1001", 0), self.ended(20))
        self.assertEqual(log["user"], self.alice)

    def test_stopped_phone_may_ring_again(self):
        log = self.told(
            self.ringing("1001", 0), self.stop("1001", 5), self.ringing("1001", 10)
        )
        self.assertEqual(log["legs"]["1001"], ("ringing", False, False, False))

    def test_late_stop_does_not_silence_the_second_ring(self):
        log = self.told(
            self.ringing("1001", 0), self.ringing("1001", 10), self.stop("1001", 5)
        )
        self.assertEqual(log["legs"]["1001"][0], "ringing")

    def test_last_who_answered_handled_it(self):
        log = self.told(
            self.answered("1001", 4), self.answered("1002", 30), self.ended(60)
        )
        self.assertEqual(log["user"], self.bruno)
        self.assertEqual(log["answer_date"], at(4))

    def test_outgoing_call_nobody_answered(self):
        self.tell(direction="outbound", state="ringing", start_date=at(0))
        call = self.tell(state="ended", end_date=at(20))
        self.assertEqual(call.outcome, "cancelled")

    def test_told_outcome_stays(self):
        self.tell(direction="outbound", state="ringing", start_date=at(0))
        call = self.tell(state="ended", end_date=at(2), outcome="busy")
        self.assertEqual(call.outcome, "busy")

    # === CLICKED CALLS === #

    def dialed(self, number="+33612340001", user=None, second=0):
        extension = (user or self.alice).telephony_extension_ids
        return self.apply(
            self.change(
                f"odoo-{number}-{second}",
                direction="outbound",
                state="ringing",
                number=number,
                extension=extension.number,
                start_date=at(second),
            )
        )

    def outgoing(self, uniqueid="m1", extension="1001", number="+33612340001", **more):
        return self.tell(
            uniqueid,
            direction="outbound",
            state="ringing",
            number=number,
            start_date=at(3),
            legs=[leg(extension, "ringing", start_date=at(3))],
            **more,
        )

    def test_first_event_finds_the_clicked_call(self):
        clicked = self.dialed()
        self.assertEqual(self.outgoing(), clicked)
        self.assertEqual(clicked.uniqueid, "m1")
        self.assertFalse(self.outgoing(), "the same again is no news")
        self.assertEqual(self.tell("m1", state="ended", end_date=at(9)), clicked)

    def test_event_of_another_call_finds_it_not(self):
        clicked = self.dialed()
        self.assertNotEqual(self.outgoing("m1", extension="1002"), clicked)
        self.assertNotEqual(self.outgoing("m2", number="+33612340002"), clicked)
        self.assertNotEqual(
            self.tell(
                "m3", direction="inbound", number="+33612340001", start_date=at(3)
            ),
            clicked,
        )
        self.assertTrue(clicked.uniqueid.startswith("odoo-"))

    def test_event_of_another_day_finds_it_not(self):
        clicked = self.dialed(second=0)
        late = self.tell(
            "m1", direction="outbound", number="+33612340001", start_date=at(600)
        )
        self.assertNotEqual(late, clicked)

    def test_failed_click_is_not_found(self):
        failed = self.dialed()
        self.apply(self.change(failed.uniqueid, state="ended", outcome="failed"))
        again = self.dialed(second=2)
        self.assertEqual(self.outgoing(), again)

    def test_answered_id_is_worth_more_than_the_number(self):
        first, second = self.dialed(), self.dialed(second=1)
        self.env["telephony.command"]._hand_over(self.pbx, "dial", second).answer = "m1"
        self.assertEqual(self.outgoing(), second)
        self.assertEqual(self.outgoing("m2"), first)

    # === LOST CALLS === #

    def test_calls_without_an_end_are_ended(self):
        self.pbx.provider = "api"
        rings = self.tell("r", state="ringing", start_date=at(0))
        talks = self.tell("t", state="ongoing", answer_date=at(0))
        with freeze_time(at(16 * 60)):
            fresh = self.tell("f", state="ringing", start_date=at(15 * 60))
            self.env["telephony.call"]._cron_end_lost()
        self.assertRecordValues(
            rings + talks + fresh,
            [
                {"state": "ended", "incomplete": True},
                {"state": "ongoing", "incomplete": False},
                {"state": "ringing", "incomplete": False},
            ],
        )
        self.assertEqual(rings.outcome, "missed", "somebody is to call back")
        self.assertEqual(rings.leg_ids.mapped("state"), [])

    def test_listener_ends_its_own_calls(self):
        """Those that the API told of are not its own, whatever the system's kind."""
        told = self.tell("r", direction="inbound", state="ringing", start_date=at(0))
        heard = self.ring("h")
        clicked = self.dialed()
        self.env["telephony.command"]._as_system().create(
            {
                "pbx_id": self.pbx.id,
                "user_id": self.alice.id,
                "call_id": clicked.id,
                "action": "dial",
                "state": "done",
                "expire_date": at(20),
            }
        )
        self.assertEqual((told | heard | clicked)._filtered_listened(), heard | clicked)
        with freeze_time(at(16 * 60)):
            self.env["telephony.call"]._cron_end_lost()
        self.assertEqual(told.state, "ended")
        self.assertEqual(told.outcome, "missed")
        self.assertEqual(heard.state, "ringing")
        self.assertEqual(clicked.state, "ringing")

    def test_calls_that_nobody_listens_to_any_more_are_ended(self):
        """The telephone system was archived, became another kind, is off in a copy."""
        home = self.pbx.sudo().home
        for number, (field, value) in enumerate(
            (
                ("active", False),
                ("provider", "api"),
                ("home", {**home, "name": "another"}),
            )
        ):
            with self.subTest(field=field):
                heard = self.ring(f"n{number}")
                before = self.pbx.sudo()[field]
                self.pbx.sudo()[field] = value
                with freeze_time(at(16 * 60)):
                    self.env["telephony.call"]._cron_end_lost()
                self.assertRecordValues(
                    heard,
                    [{"state": "ended", "outcome": "missed", "incomplete": True}],
                )
                self.pbx.sudo()[field] = before
