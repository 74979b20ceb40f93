"""What ``odoo telephony check`` says of a telephone system, right or wrong in part."""

import asyncio
from dataclasses import replace

from odoo.tests import BaseCase, tagged

from ..ami.session import Session
from ..engine.texts import in_english
from ..listener import check
from ..listener.bridge import ClickSettings
from .fake_pbx import SECRET, FakePbx
from .test_listener_parts import SETTINGS

ALL = (
    "Getvar",
    "Originate",
    "Hangup",
    "CoreShowChannels",
    "QueuePause",
    "Setvar",
    "ShowDialPlan",
    "DeviceStateList",
)
DEVICE_STATES = (("PJSIP/1001", "NOT_INUSE"),)


class Pbx(FakePbx):
    """A PBX on which an account may do some things and hear of some."""

    def __init__(
        self, allowed=ALL, hears=True, states=DEVICE_STATES, phones="", lines=()
    ):
        super().__init__()
        self.answers["Getvar"] = f"Response: Success\nValue: {phones}\n"
        self.answers["ShowDialPlan"] = self._show
        names = "".join(f"{name}: what it does\n" for name in allowed)
        self.answers["ListCommands"] = f"Response: Success\n{names}"
        self.answers["DeviceStateList"] = self._list
        self.answers["Setvar"] = self._set
        self._hears, self._states, self._lines = hears, states, lines

    def _set(self, action):
        if self._hears and action["Variable"] == check.PROBE:
            self.send("Event: DeviceStateChange\nDevice: Custom:telephony_check\n\n")
        return "Response: Success\n"

    def _list(self, action):
        rows = [
            f"Event: DeviceStateChange\nDevice: {device}\nState: {state}\n"
            for device, state in self._states
        ]
        return _listed(action, rows)

    def _show(self, action):
        rows = [
            f"Event: ListDialplan\nContext: {context}\nAppData: {data}\n"
            for context, data in self._lines
        ]
        return _listed(action, rows)


def _listed(action, rows):
    mark = f"ActionID: {action['ActionID']}\n"
    events = "".join(f"{row}{mark}\n" for row in rows)
    return (
        f"Response: Success\nEventList: start\n\n{events}"
        f"Event: ListComplete\n{mark}EventList: Complete\n"
    )


def open_quick_session(settings, on_event):
    """Return a session that gives a PBX little time to answer."""
    return Session(settings, on_event, action_timeout=0.5)


@tagged("post_install", "-at_install")
class TestCheck(BaseCase):
    def check(self, pbx, **settings):
        """Return what was found, ok or not, as (ok, text)."""

        async def run():
            async with pbx:
                values = {"port": pbx.port, "secret": SECRET, **settings}
                looked = check.Check(replace(SETTINGS, **values))
                return [(each.ok, in_english(each.text)) async for each in looked.run()]

        self.patch(check, "PROBE_WAIT", 0.2)
        self.patch(check, "Session", open_quick_session)
        return asyncio.run(run())

    def wrong(self, pbx, **settings):
        found = self.check(pbx, **settings)
        return [text for ok, text in found if ok is False]

    def test_all_is_right(self):
        found = self.check(Pbx())
        self.assertNotIn(False, [ok for ok, _text in found])
        texts = [text for ok, text in found if ok]
        self.assertIn("login as “odoo”", texts)
        self.assertIn("permission “call” (read)", texts)
        self.assertIn("context “from-internal”", texts)
        self.assertIn("extension 1001: PJSIP/1001 (NOT_INUSE)", texts)

    def test_nobody_there_and_a_wrong_secret(self):
        [text] = self.wrong(Pbx(), port=1)
        self.assertIn("127.0.0.1:1: The telephone system cannot be reached", text)
        [text] = self.wrong(Pbx(), secret="another")
        self.assertIn("refuses the user, the password or Odoo's address", text)

    def test_each_permission_that_is_missing_with_what_fails_without(self):
        for action, text in (
            ("Originate", "permission “originate” (write) is missing: no calling"),
            ("Hangup", "permission “call” (write) is missing: no hanging up"),
            ("CoreShowChannels", "permission “reporting” (write) is missing: no "),
            ("QueuePause", "permission “agent” (write) is missing: no pausing"),
        ):
            with self.subTest(action=action):
                allowed = [name for name in ALL if name != action]
                [found] = self.wrong(Pbx(allowed))
                self.assertTrue(found.startswith(text), found)

    def test_events_that_do_not_arrive(self):
        [text] = self.wrong(Pbx(hears=False))
        self.assertIn("permission “call” (read) is missing: no incoming calls", text)

    def test_a_context_that_is_not_in_the_dial_plan(self):
        pbx = Pbx()
        refusal = "Response: Error\nMessage: Did not find context from-internal\n"
        pbx.answers["ShowDialPlan"] = refusal
        [text] = self.wrong(pbx)
        self.assertIn("context “from-internal” is not in the dial plan", text)

    def test_an_extension_without_a_telephone(self):
        for states in ((), (("PJSIP/1001", "INVALID"),)):
            [text] = self.wrong(Pbx(states=states))
            self.assertIn("extension 1001: the telephone system has no PJSIP/", text)
        local = (("Local/1001@from-internal", "1001"),)
        self.assertFalse(self.wrong(Pbx(states=()), devices=local))

    def test_what_may_not_be_asked_is_not_called_wrong(self):
        found = self.check(Pbx(ALL[1:5]))
        untold = [text for ok, text in found if ok is None]
        self.assertEqual(len([text for text in untold if "not tried" in text]), 6)
        self.assertNotIn(False, [ok for ok, _text in found])

    def click(self, device, *, has_caller_id=False, has_header=False):
        return {"clicks": (ClickSettings("1001", device, has_caller_id, has_header),)}

    def test_several_phones_of_which_a_click_rings_one(self):
        one = "PJSIP/1001/sip:1001@192.0.2.1"
        for phones, device, is_named in (
            ("", "PJSIP/1001", False),
            (one, "PJSIP/1001", False),
            (f"{one}&PJSIP/1001/sip:1001@192.0.2.2", "PJSIP/1001", True),
            (f"{one}&{one}", "SIP/1001", False),
            (f"{one}&{one}", "PJSIP/+33612340001@trunk", False),
        ):
            with self.subTest(phones=phones, device=device):
                found = self.check(Pbx(phones=phones), **self.click(device))
                text = "extension 1001: 2 phones are registered on PJSIP/1001"
                named = [t for ok, t in found if t.startswith(text) and ok is None]
                self.assertEqual(len(named), is_named)
                self.assertNotIn(False, [ok for ok, _text in found])

    def test_phones_that_may_not_be_asked_for(self):
        found = self.check(Pbx(ALL[1:]), **self.click("PJSIP/1001"))
        [text] = [text for ok, text in found if "how many phones" in text]
        self.assertIn("not tried, needs “call”", text)

    def test_what_a_dial_plan_must_do_for_local_channels(self):
        lines = [
            ("from-internal", "SIP/${EXTEN}"),
            ("odoo-phones", "${TELEPHONY_HEADER}"),
            ("outside", "CALLERID(num)=${TELEPHONY_CALLERID}"),
        ]
        settings = {"has_caller_id": True, "has_header": True}
        for device, given, wrong in (
            ("Local/1001@odoo-phones", lines, []),
            ("Local/1001@odoo-phones/n", lines, []),
            ("Local/1001@odoo-phones", lines[:2], ["caller id that is set"]),
            ("Local/1001@from-internal", lines, ["“from-internal” does not use"]),
            (
                "Local/1001@nowhere",
                lines,
                ["“nowhere” is not in the dial plan", "“nowhere” does not use"],
            ),
            ("PJSIP/1001", lines[:1], []),
        ):
            with self.subTest(device=device, lines=given):
                click = self.click(device, **settings)
                found = self.wrong(Pbx(lines=given), **click)
                self.assertEqual(len(found), len(wrong), found)
                for text, part in zip(found, wrong, strict=True):
                    self.assertIn(part, text)
        click = self.click("Local/1001@from-internal")
        self.assertFalse(self.wrong(Pbx(lines=lines[:1]), **click), "nothing is set")

    def test_each_list_that_is_not_answered(self):
        for name in ("CoreShowChannels", "QueueStatus"):
            with self.subTest(name=name):
                pbx = Pbx((*ALL, "QueueStatus"))
                pbx.answers[name] = "Response: Error\nMessage: Not now\n"
                [text] = self.wrong(pbx)
                self.assertIn(
                    f"list {name}: The telephone system refused: “Not now”. Not known:",
                    text,
                )
                pbx = Pbx((*ALL, "QueueStatus"))
                pbx.answers[name] = None
                [text] = self.wrong(pbx)
                self.assertIn(f"The telephone system did not answer {name}", text)

    def test_what_is_not_answered_keeps_nothing_else_from_being_looked_at(self):
        pbx = Pbx()
        pbx.answers["Setvar"] = None
        found = self.check(pbx)
        self.assertIn((True, "context “from-internal”"), found)
        wrong = [text for ok, text in found if ok is False]
        self.assertEqual(wrong, ["The telephone system did not answer Setvar in time."])
