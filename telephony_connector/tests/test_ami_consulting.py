from datetime import timedelta

from odoo.tests import BaseCase, tagged

from .ami_script import EPOCH, Script, transcript


def _stamp(event):
    return EPOCH + timedelta(seconds=float(event["Timestamp"]))


@tagged("telephony")
class TestConsulting(BaseCase):
    """What the tracker says of attended transfers and of parked calls."""

    def play(self, name, get):
        """Play a transcript.

        :param get: function of a call's copy; what it returns is listed once each time
            it changes
        """
        tracker, seen = Script().tracker, []
        for event in transcript(name):
            tracker.feed(event)
            for call in tracker.pop_changes():
                found = get(call)
                if not seen or seen[-1] != found:
                    seen.append(found)
        return seen

    def consultations(self, name):
        def get(call):
            return next(
                (
                    (leg.extension, leg.consulted, str(leg.consultation))
                    for leg in call.legs.values()
                    if leg.consultation
                ),
                None,
            )

        return self.play(name, get)

    def test_a_consultation_rings_is_answered_and_is_completed(self):
        ringing, ongoing = (("1001", "1002", state) for state in ("ringing", "ongoing"))
        self.assertEqual(
            self.consultations("attended-by-ami"), [None, ringing, ongoing, None]
        )

    def test_a_consultation_is_given_up(self):
        ringing, ongoing = (("1001", "1002", state) for state in ("ringing", "ongoing"))
        self.assertEqual(
            self.consultations("attended-by-ami-cancelled"),
            [None, ringing, ongoing, None],
        )

    def test_a_consulted_party_declines(self):
        self.assertEqual(
            self.consultations("attended-by-ami-unanswered"),
            [None, ("1001", "1002", "ringing"), None],
        )

    def test_the_caller_hangs_up_during_a_consultation(self):
        ringing, ongoing = (("1001", "1002", state) for state in ("ringing", "ongoing"))
        self.assertEqual(
            self.consultations("attended-by-ami-caller-gone"),
            [None, ringing, ongoing, None],
        )

    def test_a_consultation_becomes_a_conference(self):
        states = [
            found and found[2]
            for found in self.consultations("attended-by-ami-conference")
        ]
        self.assertEqual(states[:3], [None, "ringing", "ongoing"])
        self.assertEqual(states[-2:], ["conference", None])

    def test_a_queue_is_consulted(self):
        self.assertIn(
            ("1001", "700", "ringing"),
            self.consultations("attended-by-ami-into-queue"),
        )

    def test_nobody_is_consulted_in_other_calls(self):
        """Local channels come and go without an attended transfer."""
        for name in (
            "attended-by-phone",
            "blind-by-ami",
            "click-by-local",
            "click-by-local-kept",
            "conference",
            "group-by-local",
            "group-by-local-optimised",
            "own-phone-forwards-by-local",
            "parked",
            "parked-too-long",
            "picked-up",
            "queue-blind",
            "queue-by-local",
            "spied-on",
        ):
            with self.subTest(transcript=name):
                self.assertEqual({*self.consultations(name)}, {None})

    def parking(self, name):
        return self.play(
            name,
            lambda call: (call.parking_space, call.parking_date is not None),
        )

    def test_a_call_is_parked_until_it_is_retrieved(self):
        nowhere, parked = ("", False), ("751", True)
        for name in ("parked", "parked-too-long", "parked-gives-up"):
            with self.subTest(transcript=name):
                self.assertEqual(self.parking(name), [nowhere, parked, nowhere])


@tagged("telephony")
class TestMeanwhile(BaseCase):
    """What began while nobody listened is found by lists of the PBX."""

    def begin(self, name, last):
        """Play a transcript up to its last event of some kind before the parties go.

        :param last: function of an event
        :return: the tracker, and the moment
        """
        events = transcript(name)
        end = next(index for index, event in enumerate(events) if last(event))
        tracker = Script().tracker
        for event in events[: end + 1]:
            tracker.feed(event)
        return tracker, _stamp(events[end])

    def get_list(self, tracker, now):
        """Return what CoreShowChannels would list of what a tracker knows."""
        bridges = {id(bridge): key for key, bridge in tracker._pbx.bridges.items()}
        return [
            {
                "Event": "CoreShowChannel",
                "Uniqueid": channel.uniqueid,
                "Linkedid": channel.linkedid,
                "Channel": channel.name,
                "ChannelState": "6" if channel.is_up else "5",
                "CallerIDNum": channel.caller_number,
                "Application": "AppDial" if channel.is_dialed else "Dial",
                "BridgeId": bridges.get(id(channel.bridge), ""),
                "Duration": "00:00:09",
            }
            for channel in tracker._pbx.channels.values()
        ]

    def resync(self, tracker, now, parked=()):
        """Return the calls that a new tracker finds."""
        fresh = Script().tracker
        fresh.begin_resync()
        fresh.resync(self.get_list(tracker, now), now, parked)
        return fresh.open_calls()

    def test_a_consultation_is_found(self):
        tracker, now = self.begin(
            "attended-by-ami-cancelled",
            lambda event: (
                event["Event"] == "DialEnd"
                and event["DestChannel"].startswith("Local/")
            ),
        )
        [call] = self.resync(tracker, now)
        found = [
            (leg.extension, leg.consulted, leg.consultation)
            for leg in call.legs.values()
            if leg.consultation
        ]
        self.assertEqual(found, [("1001", "1002", "ongoing")])

    def test_a_parked_call_is_found(self):
        tracker, now = self.begin(
            "parked",
            lambda event: event["Event"] == "Hangup" and "1001" in event["Channel"],
        )
        [known] = tracker.open_calls()
        parked = {
            "Event": "ParkedCall",
            "ParkeeUniqueid": known.uniqueid,
            "ParkingSpace": "751",
            "ParkingDuration": "30",
        }
        listed = self.get_list(tracker, now)
        for event in listed:
            event["Application"] = "Park"
        fresh = Script().tracker
        fresh.begin_resync()
        fresh.resync(listed, now, [parked])
        [call] = fresh.open_calls()
        self.assertEqual(call.parking_space, "751")
        self.assertEqual(call.parking_date, now - timedelta(seconds=30))

    def test_a_call_that_was_retrieved_meanwhile_is_parked_no_more(self):
        tracker, now = self.begin(
            "parked",
            lambda event: event["Event"] == "Hangup" and "1001" in event["Channel"],
        )
        [call] = tracker.open_calls()
        self.assertEqual(call.parking_space, "751")
        listed = self.get_list(tracker, now)
        for event in listed:
            event["BridgeId"] = "elsewhere"
        tracker.begin_resync()
        tracker.resync(listed, now)
        [call] = tracker.open_calls()
        self.assertFalse(call.parking_space)
