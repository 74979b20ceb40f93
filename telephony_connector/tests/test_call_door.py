import itertools
import runpy
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TelephonyCommon, at

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@tagged("post_install", "-at_install")
class TestCallDoor(TelephonyCommon):
    def answered(self, revision):
        """Return the change that says: Alice answered after 4 s."""
        leg = {
            "uniqueid": "c1-1001",
            "extension": "1001",
            "state": "ongoing",
            "start_date": at(0),
            "answer_date": at(4),
        }
        return self.change(
            "c1",
            revision,
            direction="inbound",
            state="ongoing",
            number="+33612340001",
            extension="1001",
            start_date=at(0),
            answer_date=at(4),
            legs=[leg],
        )

    def watch(self, *names, result=None):
        """Have each call of the door's steps noted: (name, `telephony.call`)."""
        seen, model = [], self.registry["telephony.call"]

        def make(name, original):
            def step(calls, *args):
                seen.append((name, calls))
                return original(calls, *args) if result is None else result(name)

            return step

        for name in names:
            self.patch(model, name, make(name, getattr(model, name)))
        return seen

    def test_steps(self):
        """What addons extend comes in this order, for the calls as superuser."""
        steps = (
            "_find_calls",
            "_prepare_call_values",
            "_align_parts",
            "_link_calls",
            "_process_changes",
            "_notify_changes",
        )
        seen = self.watch(*steps)
        door = self.env["telephony.call"].with_user(self.outsider).sudo()
        call = door._apply([self.change("c1", number="+33612340001")])
        self.assertEqual([name for name, _calls in seen], [*steps])
        of_steps = dict(seen)
        self.assertFalse(of_steps["_prepare_call_values"], "a new call")
        for name in steps[3:]:
            self.assertEqual(of_steps[name], call)
            self.assertTrue(of_steps[name].env.su)
        del seen[:]
        self.apply(self.answered(1))
        self.assertNotIn(
            "_align_parts", dict(seen), "a whole call is in line with itself"
        )

    def test_an_addon_may_skip_a_change(self):
        self.watch("_prepare_call_values", result=lambda name: None)
        skipped = self.apply(self.change("c1", 1, number="+33612340001"))
        self.assertFalse(skipped)
        self.assertFalse(self.env["telephony.call"].search([("uniqueid", "=", "c1")]))

    def ended(self, revision):
        """Return the change that says: the answered call ended after 64 s."""
        change = self.answered(revision)
        change |= {"state": "ended", "outcome": "answered", "end_date": at(64)}
        change["legs"][0] |= {"state": "ended", "end_date": at(64)}
        return change

    def test_whole_call(self):
        call = self.ring()
        self.assertRecordValues(
            call,
            [
                {
                    "state": "ringing",
                    "direction": "inbound",
                    "number": "+33612340001",
                    "user_id": self.alice.id,
                    "user_ids": self.alice.ids,
                }
            ],
        )
        self.assertEqual(self.apply(self.answered(2)), call)
        self.assertEqual(self.apply(self.ended(3)), call)
        self.assertRecordValues(
            call,
            [
                {
                    "state": "ended",
                    "outcome": "answered",
                    "duration": 60,
                    "ring_duration": 4,
                    "extension_id": self.ext_alice.id,
                }
            ],
        )
        self.assertRecordValues(
            call.leg_ids,
            [{"number": "1001", "user_id": self.alice.id, "state": "ended"}],
        )

    def test_repeated_and_late_changes_are_skipped(self):
        call = self.ring()
        self.apply(self.ended(3))
        self.assertFalse(self.apply(self.ended(3)), "the same revision again")
        self.assertFalse(self.apply(self.answered(2)), "an older revision")
        self.assertEqual(call.state, "ended")
        self.assertEqual(len(call.leg_ids), 1)

    def test_later_term_outranks_revision(self):
        call = self.ring(revision=50)
        self.apply({**self.ended(1), "term": 2})
        self.assertEqual(call.state, "ended")
        self.assertFalse(self.apply({**self.answered(99), "term": 1}))

    def test_order_does_not_matter_for_partial_changes(self):
        """A webhook's events tell the same call in whatever order they arrive."""
        events = [
            {"state": "ringing", "start_date": at(0), "number": "0612340001"},
            {"state": "ongoing", "answer_date": at(4), "extension": "1001"},
            {"state": "ended", "end_date": at(64), "outcome": "answered"},
        ]
        logs = []
        for index, order in enumerate(
            ((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1, 1, 0))
        ):
            for position in order:
                self.apply(self.change(f"p{index}", **events[position]))
            call = self.env["telephony.call"].search([("uniqueid", "=", f"p{index}")])
            logs.append(
                call.read(
                    [
                        "state",
                        "outcome",
                        "number",
                        "start_date",
                        "answer_date",
                        "end_date",
                        "duration",
                        "user_id",
                    ]
                )[0]
                | {"id": 0}
            )
        for log in logs[1:]:
            self.assertEqual(log, logs[0])
        self.assertEqual(logs[0]["duration"], 60)

    def test_partial_change_erases_nothing(self):
        call = self.ring()
        self.apply(self.change("c1", number="", queue=None, caller_name="Jeanne"))
        self.assertEqual(call.number, "+33612340001")
        self.assertEqual(call.caller_name, "Jeanne")

    def test_end_that_nobody_saw(self):
        """Who talked has answered, no leg goes on; nobody is known to have talked to
        who else called, and is to call back."""
        forgotten = {"state": "ended", "end_date": at(90), "incomplete": True}
        call = self.apply(self.answered(1))
        self.apply(self.change("c1", **forgotten))
        self.assertRecordValues(call, [{"state": "ended", "outcome": "answered"}])
        self.assertRecordValues(
            call.leg_ids,
            [{"state": "ended", "outcome": "answered", "end_date": at(90)}],
        )
        unanswered = self.ring("c2")
        self.apply(self.change("c2", **forgotten))
        self.assertRecordValues(
            unanswered, [{"state": "ended", "outcome": "missed", "to_call_back": True}]
        )
        self.assertEqual(set(unanswered.leg_ids.mapped("state")), {"ended"})
        ours = self.apply(self.change("c3", 1, direction="outbound", state="ringing"))
        self.apply(self.change("c3", **forgotten))
        self.assertRecordValues(ours, [{"state": "ended", "outcome": "unknown"}])

    def test_no_call_is_over_without_an_outcome(self):
        """Whatever a source leaves out; and the database itself sees to it."""
        number = itertools.count()
        for direction, revision, more in itertools.product(
            (None, "inbound", "outbound", "internal"),
            (None, 1),
            ({}, {"incomplete": True}, {"outcome": None}, {"answer_date": at(1)}),
        ):
            name = f"o{next(number)}"
            values = {"direction": direction} if direction else {}
            with self.subTest(direction=direction, revision=revision, more=more):
                ended = self.change(name, revision, state="ended", **values, **more)
                self.assertTrue(self.apply(ended).outcome)
                name = f"{name}-late"
                call = self.apply(self.change(name, revision, state="ringing"))
                revision = revision and revision + 1
                ended = self.change(name, revision, state="ended", **values, **more)
                self.apply(ended)
                self.assertEqual(call.state, "ended")
                self.assertTrue(call.outcome)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            call.outcome = False
            call.flush_recordset()

    def test_an_upgrade_gives_old_calls_an_outcome(self):
        calls = self.apply(
            self.change("u1", 1, state="ended", outcome="missed"),
            self.change("u2", 1, state="ended", outcome="missed", answer_date=at(1)),
            self.change("u3", 1, state="ended", outcome="busy"),
            self.change("u4", 1, state="ringing"),
        )
        calls.flush_recordset()
        self.env.cr.execute(
            "ALTER TABLE telephony_call"
            " DROP CONSTRAINT telephony_call_ended_outcome_check"
        )
        self.env.cr.execute(
            "UPDATE telephony_call SET outcome = NULL WHERE outcome = 'missed'"
        )
        path = MIGRATIONS / "19.0.1.0.4" / "pre-set_outcome.py"
        runpy.run_path(str(path))["migrate"](self.env.cr, "19.0.1.0.3")
        self.env.invalidate_all()
        self.assertEqual(
            {call.uniqueid: call.outcome for call in calls},
            {"u1": "unknown", "u2": "answered", "u3": "busy", "u4": False},
        )

    def test_adopted_call_keeps_its_number(self):
        """A new leader that heard the called phone first takes it for the caller."""
        call = self.ring()
        adopted = self.change("c1", 1, state="ongoing", answer_date=at(4))
        adopted |= {"direction": "internal", "number": "1001", "incomplete": True}
        self.apply({**adopted, "term": 2, "start_date": at(4), "legs": []})
        self.assertRecordValues(
            call,
            [{"number": "+33612340001", "direction": "inbound", "state": "ongoing"}],
        )

    def test_adopted_call_keeps_what_was_known(self):
        """After a restart the new leader knows less of a call than the log does."""
        call = self.ring()
        self.apply(self.answered(2))
        adopted = self.change(
            "c1",
            1,
            direction="inbound",
            state="ongoing",
            number="",
            extension="",
            start_date=at(30),
            answer_date=at(30),
            incomplete=True,
            legs=[],
        )
        self.apply({**adopted, "term": 2})
        self.assertRecordValues(
            call,
            [
                {
                    "number": "+33612340001",
                    "user_id": self.alice.id,
                    "start_date": at(0),
                    "answer_date": at(4),
                }
            ],
        )

    def test_texts_of_the_network_are_cut(self):
        call = self.apply(
            self.change("c1", 1, state="ringing", caller_name="a\r\nb\0" + "x" * 500)
        )
        self.assertEqual(call.caller_name[:4], "a bx")
        self.assertEqual(len(call.caller_name), 128)

    def test_texts_of_the_network_hold_nothing_that_a_screen_obeys(self):
        """ESC, bidi controls, NUL, line breaks, halves of characters; of whole calls
        and of parts, of calls and of legs."""
        hostile = "A\x1b[31m\u202e\u2066b\0\r\n\u200b\ud800c"
        texts = dict.fromkeys(
            ("number", "caller_name", "dialed_number", "queue", "diverted_from"),
            hostile,
        )
        leg = {
            "state": "ringing",
            **dict.fromkeys(
                ("uniqueid", "channel", "number", "transferred_to", "extension"),
                hostile,
            ),
        }
        for revision in (1, None):
            with self.subTest(revision=revision):
                call = self.apply(
                    self.change(
                        f"c{revision}\0", revision, state="ringing", legs=[leg], **texts
                    )
                )
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(call.caller_name, "A[31mb c")
                stored = [call[key] for key in texts]
                stored += [call.leg_ids.number, call.leg_ids.transferred_to]
                stored += [call.uniqueid, call.leg_ids.uniqueid, call.leg_ids.channel]
                for text in filter(None, stored):
                    self.assertTrue(text.isprintable(), ascii(text))

    def test_withheld_number(self):
        call = self.apply(self.change("c1", 1, state="ringing", number="anonymous"))
        self.assertTrue(call.withheld)
        self.assertFalse(call.number)
        self.assertEqual(call.number_display, "Number withheld")

    def test_national_number_is_stored_as_e164(self):
        self.assertEqual(self.ring(number="0612340001").number, "+33612340001")

    def test_same_id_on_two_systems(self):
        other = self.pbx.copy({"name": "Other"})
        first = self.ring()
        second = self.apply(
            {**self.change("c1", 1, state="ringing"), "pbx_id": other.id}
        )
        self.assertNotEqual(first, second)

    def test_one_match_is_linked(self):
        partner = self.env["res.partner"].create(
            {"name": "Jeanne", "phone": "06 12 34 00 01", "country_id": self.france.id}
        )
        call = self.ring()
        self.assertEqual(call._get_object(), partner)
        self.assertEqual(call.sudo().partner_id, partner)

    def test_several_matches_are_not_linked(self):
        self.env["res.partner"].create(
            [{"name": name, "phone": "+33612340001"} for name in ("A", "B")]
        )
        self.assertIsNone(self.ring()._get_object())

    @mute_logger("odoo.sql_db")
    def test_bus_tells_who_was_rung(self):
        with self.assertBusNotifications() as sent:
            self.ring()
        self.assertEqual(
            {user for user, kind, _payload in sent if kind == "telephony.call/changed"},
            {self.alice},
        )
        payload = sent[0][2]
        self.assertEqual(payload["leg_state"], "ringing")
        self.assertTrue(payload["open_page"])
        self.assertNotIn("33612340001", str(payload))

    def test_a_talk_that_nobody_heard_begin_opens_no_page(self):
        """Whoever talks is offered the card, not torn from what they do meanwhile."""
        unseen = self.answered(1) | {"incomplete": True, "answer_date": None}
        unseen["legs"][0]["answered_unseen"] = True
        call = self.apply(unseen)
        payload = self.get_payload(call, self.alice)
        self.assertEqual(
            (payload["leg_state"], payload["show_card"]), ("ongoing", True)
        )
        self.assertFalse(payload["open_page"])
        [card] = self.read_cards(call.with_user(self.alice))
        self.assertEqual((card["open_page"], card["answer_date"]), (False, False))
        self.assertFalse(self.get_agent_calls(self.alice))
        # When it began comes a moment later.
        self.apply(unseen | {"revision": 2, "answer_date": at(4)})
        self.assertEqual(call.answer_date, at(4))

    def test_a_page_that_was_open_stays_the_users(self):
        """The listener was started anew in the middle of the talk."""
        call = self.ring()
        self.assertTrue(self.claim_page(call.with_user(self.alice)))
        unseen = self.answered(1) | {"incomplete": True, "term": 2}
        unseen["legs"][0]["answered_unseen"] = True
        self.apply(unseen)
        self.assertTrue(
            self.get_payload(call, self.alice)["open_page"], "no card beside it"
        )

    def test_who_is_rung_later_gets_the_page(self):
        unseen = self.answered(1) | {"incomplete": True}
        unseen["legs"][0]["answered_unseen"] = True
        call = self.apply(unseen)
        leg = {"uniqueid": "c1-1002", "extension": "1002", "state": "ringing"}
        unseen["legs"].append(leg | {"start_date": at(30)})
        self.apply(unseen | {"revision": 2})
        self.assertTrue(self.get_payload(call, self.bruno)["open_page"])
        self.assertFalse(self.get_payload(call, self.alice)["open_page"])

    def test_waits_for_a_row_that_others_hold(self):
        """A page being opened refers to the call: its next change must not be lost."""
        self.ring()
        with patch.object(
            self.env.cr, "execute", side_effect=self.env.cr.execute
        ) as execute:
            self.apply(self.answered(2))
        queries = [str(call.args[0]) for call in execute.call_args_list]
        [lock] = [query for query in queries if " UPDATE" in query and "FOR " in query]
        self.assertIn("FOR NO KEY UPDATE", lock)
        self.assertNotIn("SKIP LOCKED", lock)

    def assertBusNotifications(self):
        return _BusTrap(self)


class _BusTrap:
    """Keeps what users are sent while it is open: (user, type, payload)."""

    def __init__(self, case):
        self.case, self.sent = case, []

    def __enter__(self):
        sent = self.sent

        def send(user, kind, payload, /, **kwargs):
            sent.append((user, kind, payload))

        self.case.patch(self.case.registry["res.users"], "_bus_send", send)
        return sent

    def __exit__(self, *_args):
        return False
