from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TelephonyCommon

NUMBER = "+33612340001"


@tagged("post_install", "-at_install")
class TestSoftphone(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write({"provider": "softphone", "dial_link": "sip:{number}"})
        cls.client = cls.env["telephony.client"].with_user(cls.alice)

    def test_a_click_gives_the_link_and_opens_the_page(self):
        partner = self.env["res.partner"].create({"name": "P", "phone": "0612340001"})
        self.env["res.partner"].create({"name": "Other", "phone": NUMBER})
        answer = self.client.dial("0612340001", "res.partner", partner.id, "phone")
        self.assertEqual(answer["link"], "sip:+33612340001")
        self.assertFalse(answer["command_id"])
        page = (
            self.env["telephony.registration"]
            .with_user(self.alice)
            .browse(answer["action"]["res_id"])
        )
        self.assertEqual(page.title, "Outgoing call: +33 6 12 34 00 01")
        self.assertEqual(page.call_id.id, answer["call_id"])
        self.assertEqual(page.object_ref, partner, "the record that was clicked")

    def test_the_call_is_logged_as_what_is_known_of_it(self):
        answer = self.client.dial("0612340001")
        call = self.env["telephony.call"].browse(answer["call_id"])
        self.assertRecordValues(
            call,
            [
                {
                    "direction": "outbound",
                    "state": "ended",
                    "outcome": "unknown",
                    "incomplete": True,
                    "number": NUMBER,
                    "dialed_number": NUMBER,
                    "user_id": self.alice.id,
                    "end_date": False,
                    "duration": 0,
                }
            ],
        )

    def test_no_command_waits_for_a_listener(self):
        before = self.env["telephony.command"].search_count([])
        self.client.dial("0612340001")
        self.assertEqual(self.env["telephony.command"].search_count([]), before)

    def test_dialing_rules_hold(self):
        self.pbx.write({"dial_format": "national", "outside_prefix": "0"})
        self.assertEqual(self.client.dial(NUMBER)["link"], "sip:00612340001")

    def test_no_number_no_link(self):
        with self.assertRaises(UserError):
            self.client.dial("javascript:alert(1)")

    def test_colleagues_open_a_page_where_it_is_wanted(self):
        self.pbx.internal_calls = "card"
        self.assertFalse(self.client.dial("1002")["action"])
        self.pbx.internal_calls = "page"
        self.assertTrue(self.client.dial("1002")["action"])

    def test_the_link_leads_to_a_softphone(self):
        for link in ("https://example.com/{number}", "javascript:x({number})", False):
            with self.subTest(link=link), self.assertRaises(ValidationError):
                self.pbx.dial_link = link

    def test_other_telephone_systems_need_no_link(self):
        self.pbx.write({"provider": "asterisk", "dial_link": False})

    # === THE ADDRESS THAT A SOFTPHONE OPENS === #

    def test_the_line_to_paste(self):
        base = self.pbx.get_base_url()
        begin = f"{base}/telephony/incoming?pbx={self.pbx.id}"
        self.pbx.url_number_key = "caller"
        for softphone, line in (
            ("3cx", f"{begin}&name=%CallerDisplayName%&caller=%CallerNumber%"),
            (
                "ringotel",
                f"{begin}&name=$caller_name$&dialed=$called$&caller=$caller$",
            ),
            ("wildix", f"{begin}&name={{CALLERNAME}}&caller={{CALLERNUM}}"),
            ("other", f"{begin}&name=CALLERNAME&caller=NUMBER"),
        ):
            with self.subTest(softphone=softphone):
                self.pbx.softphone = softphone
                self.assertEqual(self.pbx.softphone_line, line)
                self.assertTrue(self.pbx.softphone_where)

    def test_the_line_of_a_program_passes_the_number_as_text(self):
        self.pbx.softphone = "microsip"
        ini, _blank, name, *script = self.pbx.softphone_line.splitlines()
        self.assertTrue(ini.startswith("cmdIncomingCall=powershell.exe "))
        self.assertTrue(ini.endswith(f'-File "{name.removesuffix(":")}"'))
        self.assertLess(len(ini), 255, "MicroSIP reads no more of a setting")
        self.assertEqual(script[0], "param([string]$Number)")
        self.assertIn("number=' + [uri]::EscapeDataString($Number)", script[1])

    def test_parameters_have_names_of_their_own(self):
        for values in (
            {"url_number_key": "a b"},
            {"url_number_key": "pbx"},
            {"url_number_key": "ref"},
            {"url_number_key": "x", "url_name_key": "x"},
            {"url_name_key": "<b>"},
            {"url_name_key": "na\nme"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.pbx.write(values)

    def test_the_address_is_read_as_the_telephone_system_writes_it(self):
        self.pbx.write({"url_number_key": "phone", "url_uniqueid_key": "CallID"})
        read = self.env["telephony.pbx"].with_user(self.alice)._read_url
        sent = {"phone": NUMBER, "CallID": "7", "number": "other", "cmd": "x"}
        wanted = {"number": NUMBER, "uniqueid": "7"}
        self.assertEqual(read(sent), wanted, "the user's own telephone system")
        other = self.env["telephony.pbx"].create({"name": "O", "host": "127.0.0.1"})
        self.assertEqual(
            read({**sent, "pbx": str(other.id)}),
            {"number": "other", "pbx": str(other.id)},
        )
        self.assertEqual(read({"call": "3"}), {"call": "3"})
