from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..engine import merging

START, ANSWER, END = (datetime(2026, 3, 2, 9, minute) for minute in (0, 1, 2))
NOW = datetime(2026, 3, 2, 10)


def known(**values):
    """Return the stored values of a call that rings, but for some."""
    return {
        **dict.fromkeys(merging.KNOWN_KEYS, False),
        "direction": "inbound",
        "state": "ringing",
        "start_date": START,
        "source_term": 0,
        **values,
    }


def merge(before, **change):
    """Return what a partial change makes of a call."""
    return merging.merge_call(before, merging.read_values(change), change, NOW)


@tagged("telephony")
class TestReadChanges(BaseCase):
    def test_texts_are_plain_and_as_long_as_one_reads(self):
        change = merging.clean_change(
            {"number": "1\r\n2", "legs": [{"channel": "a\0b"}], "revision": 3}
        )
        self.assertNotIn("\n", change["number"])
        self.assertNotIn("\0", change["legs"][0]["channel"])
        self.assertEqual(change["revision"], 3)
        self.assertEqual(len(merging.cut_text("x" * 999)), merging.MAX_TEXT)
        self.assertIs(merging.cut_text(" "), False)

    def test_extensions_are_those_of_the_call_and_of_its_legs(self):
        legs = [{"extension": "1002"}, {"extension": ""}, {"number": "+33612340001"}]
        change = {"extension": "1001", "legs": legs}
        self.assertEqual(merging.get_extensions(change), {"1001", "1002"})
        self.assertEqual(merging.get_extensions({}), set())

    def test_empty_values_erase_in_whole_calls_alone(self):
        change = {"queue": "", "withheld": False, "state": "ended"}
        self.assertEqual(merging.read_values(change), {"state": "ended"})
        whole = merging.read_values({**change, "term": 1})
        self.assertEqual(whole, {"queue": False, "withheld": False, "state": "ended"})

    def test_what_is_known_already_is_no_news(self):
        stored = {"queue": False, "state": "ringing", "hangup_cause": 0}
        told = {"queue": None, "state": "ended", "hangup_cause": 16}
        new = merging.pick_new(stored, told)
        self.assertEqual(new, {"state": "ended", "hangup_cause": 16})


@tagged("telephony")
class TestMergeCall(BaseCase):
    def test_the_state_only_moves_forward(self):
        ended = known(state="ended", end_date=END)
        values = merge(ended, state="ongoing", answer_date=ANSWER, queue="sales")
        self.assertNotIn("state", values)
        self.assertEqual(values["answer_date"], ANSWER)
        self.assertEqual(values["queue"], "sales", "late news fills a gap")
        self.assertEqual(merge(known(), state="ended")["state"], "ended")

    def test_late_news_replaces_nothing(self):
        ended = known(state="ended", queue="support")
        self.assertNotIn("queue", merge(ended, state="ringing", queue="sales"))

    def test_the_earliest_start_counts_in_any_order(self):
        first = merge({}, start_date=ANSWER)
        second = merge(known(**first), start_date=START)
        self.assertEqual(second["start_date"], START)
        self.assertEqual(merge({}, state="ringing")["start_date"], NOW)
        leg = {"start_date": START}
        self.assertEqual(merge({}, legs=[leg])["start_date"], START)

    def test_dates_of_a_list_stand_only_where_nobody_told_others(self):
        told = known(**merge({}, start_date=START))
        listed = merge(told, start_date=ANSWER, end_date=END, is_listed=True)
        self.assertEqual(listed["start_date"], START)
        self.assertEqual(listed["end_date"], END)

    def test_the_end_that_nobody_saw_is_told_after_all(self):
        lost = known(state="ended", incomplete=True)
        self.assertIs(merge(lost, end_date=END)["incomplete"], False)
        listened = known(state="ended", incomplete=True, source_term=2)
        self.assertIs(merge(listened, end_date=END)["incomplete"], True)

    def test_the_direction_of_a_part_counts_until_the_listener_knows(self):
        late = {"state": "ringing", "direction": "outbound"}
        ended = known(state="ended")
        self.assertEqual(merge(ended, **late)["direction"], "outbound")
        self.assertNotIn("direction", merge({**ended, "source_term": 1}, **late))


@tagged("telephony")
class TestReplaceCall(BaseCase):
    def test_an_older_revision_is_outdated(self):
        before = known(source_term=2, source_revision=5)
        for term, revision, outdated in ((2, 5, True), (1, 9, True), (2, 6, False)):
            with self.subTest(term=term, revision=revision):
                change = {"term": term, "revision": revision}
                self.assertIs(merging.is_outdated(before, change), outdated)
                self.assertFalse(merging.is_outdated({}, change), "a new call")
        self.assertFalse(merging.is_outdated(before, {"state": "ended"}), "a part")

    def test_what_was_told_in_parts_gives_way(self):
        change = {"term": 1, "revision": 2, "state": "ended", "queue": ""}
        before = known(facts={"outcome": "busy"}, queue="sales")
        values = merging.replace_call(before, merging.read_values(change), change)
        self.assertEqual(
            values,
            {
                "state": "ended",
                "queue": False,
                "facts": False,
                "source_term": 1,
                "source_revision": 2,
            },
        )
        change["incomplete"] = True
        values = merging.replace_call(before, merging.read_values(change), change)
        self.assertEqual(values["queue"], "sales", "a new leader did not see it")


@tagged("telephony")
class TestAdoptCall(BaseCase):
    def test_a_new_leader_keeps_who_it_is_and_when_it_began(self):
        before = known(caller_name="Ada", queue="sales", answer_date=ANSWER)
        told = {"caller_name": "", "queue": "", "answer_date": END, "start_date": END}
        values = merging.adopt_call(before, {**told, "state": "ongoing"})
        self.assertEqual(
            values,
            {
                "caller_name": "Ada",
                "queue": "sales",
                "answer_date": ANSWER,
                "start_date": START,
                "state": "ongoing",
            },
        )


@tagged("telephony")
class TestSettleOutcome(BaseCase):
    def test_a_call_that_goes_on_has_none(self):
        values = {"state": "ongoing"}
        self.assertEqual(merging.fill_outcome(known(), values), values)

    def test_it_follows_from_what_is_known(self):
        for before, values, outcome in (
            (known(), {"end_date": END}, "missed"),
            (known(answer_date=ANSWER), {"end_date": END}, "answered"),
            (known(direction="outbound"), {"end_date": END}, "cancelled"),
            (known(direction="outbound"), {"incomplete": True}, "unknown"),
            (known(), {"facts": {"outcome": "busy"}}, "busy"),
        ):
            with self.subTest(known=before, values=values):
                settled = merging.fill_outcome(before, {"state": "ended", **values})
                self.assertEqual(settled["outcome"], outcome)

    def test_a_source_of_whole_calls_knows_it(self):
        values = {"state": "ended", "source_term": 1, "outcome": "busy"}
        after = merging.fill_outcome(known(answer_date=ANSWER), values)
        self.assertEqual(after, values)


@tagged("telephony")
class TestMergeLeg(BaseCase):
    def test_an_earlier_state_changes_nothing(self):
        stored = {"state": "ended", "channel": "a"}
        told = {"state": "ringing", "channel": "b"}
        self.assertEqual(merging.merge_leg(stored, told), {})

    def test_only_what_differs_is_written(self):
        stored = {"state": "ringing", "channel": "a", "on_hold": False}
        told = {"state": "ongoing", "channel": "a", "on_hold": False}
        self.assertEqual(merging.merge_leg(stored, told), {"state": "ongoing"})
