"""What a telephone system proposes as extensions, and what of it is a sample."""

import asyncio

from odoo.tests import BaseCase, tagged

from ..ami.session import Response
from ..engine.errors import ActionRefused, PermissionMissing
from ..listener.discover import discover


class Pbx:
    """A session that answers with lists, and with values by variable."""

    def __init__(self, **lists):
        self.values = {}
        self.lists = lists

    async def action(self, name, **headers):
        if name == "Getvar":
            return Response({"Value": self.values.get(headers["Variable"], "")})
        if name not in self.lists:
            raise PermissionMissing(name) if name == "ShowDialPlan" else ActionRefused()
        return Response({}, self.lists[name])


def hint(number, devices, context="ext-local", status="0"):
    return {"Exten": number, "Hint": devices, "Context": context, "Status": status}


def device(name, state):
    return {"Event": "DeviceStateChange", "Device": name, "State": state}


def include(context, other):
    return {"Event": "ListDialplan", "Context": context, "IncludeContext": other}


@tagged("telephony")
class TestDiscover(BaseCase):
    def find(self, pbx):
        return asyncio.run(discover(pbx, "from-internal")).extensions

    def stock(self, **lists):
        """Return a PBX with the samples that Asterisk comes with."""
        return Pbx(
            **{
                "ShowDialPlan": [
                    include("from-internal", "inner,9:00-17:00,*,*,*"),
                    include("inner", "ext-local"),
                    include("ext-local", "from-internal"),
                    {"Context": "demo", "Extension": "1000"},
                ],
                "ExtensionStateList": [
                    hint("1000", "SIP/1000", "demo", "4"),
                    hint("1001", "SIP/1001", "demo", "4"),
                    hint("1001", "PJSIP/1001&Custom:DND1001,CustomPresence:1001"),
                    hint("1002", "PJSIP/1002,CustomPresence:1002", status="4"),
                    hint("1003", "PJSIP/1003", "subscriptions"),
                ],
                "DeviceStateList": [
                    device("SIP/1000", "INVALID"),
                    device("SIP/1001", "INVALID"),
                    device("PJSIP/1001", "NOT_INUSE"),
                    device("PJSIP/1002", "UNAVAILABLE"),
                    device("PJSIP/1003", "INUSE"),
                    device("PJSIP/1004", "UNAVAILABLE"),
                    device("PJSIP/trunk", "NOT_INUSE"),
                    device("IAX2/1005", "INVALID"),
                ],
                **lists,
            }
        )

    def test_samples_are_not_proposed(self):
        found = self.find(self.stock())
        self.assertEqual(
            {number: (ext.devices, ext.is_reachable) for number, ext in found.items()},
            {
                "1001": (("PJSIP/1001",), True),
                "1002": (("PJSIP/1002",), False),
                # In a context of its own, for subscriptions alone: it is there.
                "1003": (("PJSIP/1003",), True),
                "1004": (("PJSIP/1004",), False),
            },
        )

    def test_where_the_dial_plan_is_not_told(self):
        """Then a sample is proposed, but not as one that is there."""
        for contexts in ([], [{"Context": "elsewhere"}]):
            with self.subTest(contexts=contexts):
                found = self.find(self.stock(ShowDialPlan=contexts))
                self.assertFalse(found["1000"].is_reachable)
                self.assertEqual(found["1001"].devices, ("PJSIP/1001",))

    def test_where_devices_are_not_told(self):
        """The hint says whether its phone is there."""
        pbx = self.stock()
        del pbx.lists["DeviceStateList"], pbx.lists["ShowDialPlan"]
        found = self.find(pbx)
        self.assertEqual(
            {number: ext.is_reachable for number, ext in found.items()},
            {"1000": False, "1001": True, "1002": False, "1003": True},
        )

    def test_a_phone_that_is_registered_is_there(self):
        pbx = self.stock()
        pbx.values["PJSIP_DIAL_CONTACTS(1004)"] = "PJSIP/1004/sip:1004@192.0.2.4"
        self.assertTrue(self.find(pbx)["1004"].is_reachable)

    def test_names_of_caller_ids(self):
        pbx = self.stock(
            ExtensionStateList=[hint("1006", "SIP/1006"), hint("1007", "PJSIP/1007")],
            VoicemailUsersList=[{"VoiceMailbox": "1007", "Fullname": "Dana Roux"}],
        )
        pbx.values = {
            "PJSIP_ENDPOINT(1001,callerid)": '"Alice Martin" <1001>',
            "PJSIP_ENDPOINT(1002,callerid)": '"device" <1002>',
            "PJSIP_ENDPOINT(1003,callerid)": "<unknown>",
            "SIPPEER(1006,callerid_name)": "Chloe Durand",
            "SIPPEER(1006,callerid_num)": "1006",
            "PJSIP_ENDPOINT(1007,callerid)": '"Desk 7" <1007>',
        }
        names = {number: ext.name for number, ext in self.find(pbx).items()}
        self.assertEqual(
            names,
            {
                "1001": "Alice Martin",
                "1002": "",
                "1003": "",
                "1004": "",
                "1006": "Chloe Durand",
                "1007": "Dana Roux",
            },
        )
