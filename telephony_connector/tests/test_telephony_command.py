from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TelephonyCommon, at


@tagged("post_install", "-at_install")
class TestTelephonyCommand(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.leader = self.patch_leader(True)

    def patch_leader(self, leads):
        patcher = patch.object(
            self.registry["telephony.pbx"], "_has_leader", lambda pbx: leads
        )
        self.addCleanup(patcher.stop)
        return patcher.start()

    def dial(self, number="+33612340001", **clicked):
        return (
            self.env["telephony.client"].with_user(self.alice).dial(number, **clicked)
        )

    def test_dial_leaves_a_command_and_a_call(self):
        answer = self.dial("06 12 34 00 01")
        command = self.env["telephony.command"].browse(answer["command_id"])
        self.assertRecordValues(
            command,
            [{"state": "pending", "action": "dial", "user_id": self.alice.id}],
        )
        call = self.env["telephony.call"].browse(answer["call_id"])
        self.assertRecordValues(
            call,
            [
                {
                    "direction": "outbound",
                    "state": "ringing",
                    "number": "+33612340001",
                    "user_id": self.alice.id,
                }
            ],
        )
        self.assertEqual(
            command.payload,
            {
                "device": "PJSIP/1001",
                "extension": "1001",
                "number": "+33612340001",
                "called_name": "",
                "caller_name": self.alice.name,
                "is_internal": False,
                "context": "from-internal",
                "timeout": 30,
                "uniqueid": call.uniqueid,
                "caller_id": "",
                "header": False,
            },
        )
        self.assertEqual(answer["number_display"], "+33 6 12 34 00 01")

    def test_the_clicked_record_keeps_the_call(self):
        first, second = self.env["res.partner"].create(
            [{"name": name, "phone": "+33612340001"} for name in ("A", "B")]
        )
        answer = self.dial(
            "+33612340001", model="res.partner", res_id=second.id, field="phone"
        )
        call = self.env["telephony.call"].browse(answer["call_id"])
        self.assertEqual(call._get_object(), second)
        self.assertNotEqual(call._get_object(), first)

    def test_calling_back_from_a_call_keeps_its_record(self):
        _first, second = self.env["res.partner"].create(
            [{"name": name, "phone": "+33612340001"} for name in ("A", "B")]
        )
        call = self.ring()
        clicked = {"model": call._name, "res_id": call.id, "field": "number_display"}
        number = call.number_display
        answer = self.dial(number, **clicked)
        back = self.env["telephony.call"].browse(answer["call_id"])
        self.assertIsNone(back._get_object())
        call.with_user(self.alice).register("res.partner", second.id)
        answer = self.dial(number, **clicked)
        back = self.env["telephony.call"].browse(answer["call_id"])
        self.assertEqual(back._get_object(), second)

    def test_a_number_that_is_not_the_records(self):
        partner = self.env["res.partner"].create({"name": "A", "phone": "+33612340001"})
        with self.assertRaises(UserError):
            self.dial("+33899", model="res.partner", res_id=partner.id, field="phone")
        with self.assertRaises(UserError):
            self.dial("1", model="res.partner", res_id=partner.id, field="nothing")

    def test_a_record_that_the_user_may_not_read(self):
        lead = self.env["crm.lead"].create(
            {"name": "L", "phone": "+33612340001", "user_id": self.bruno.id}
        )
        with self.assertRaises(AccessError):
            self.dial("+33612340001", model="crm.lead", res_id=lead.id, field="phone")

    def test_no_number(self):
        for text in ("", "hello", "anonymous"):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.dial(text)
        self.assertFalse(
            self.env["telephony.command"].search([("user_id", "=", self.alice.id)])
        )

    def test_hostile_numbers_never_pass(self):
        for text in ("1\r\nAction: Command", "+33612340001@evil", "1;2,3", "$(x)1"):
            with self.subTest(text=text):
                try:
                    answer = self.dial(text)
                except UserError:
                    continue
                command = self.env["telephony.command"].browse(answer["command_id"])
                self.assertRegex(command.payload["number"], r"^\+?[0-9*#]{1,32}$")

    def test_no_extension(self):
        with self.assertRaisesRegex(UserError, "Configuration > Extensions"):
            self.env["telephony.client"].with_user(self.supervisor).dial("+33612340001")

    def test_no_listener(self):
        self.patch_leader(False)
        with self.assertRaisesRegex(UserError, "listener is not running"):
            self.dial()

    def test_not_connected(self):
        self.pbx._set_connection("login_refused")
        with self.assertRaisesRegex(UserError, "Login refused"):
            self.dial()

    def test_claimed_once(self):
        self.dial()
        commands = self.env["telephony.command"]
        self.assertEqual(len(commands._claim(self.pbx.id)), 1)
        self.assertEqual(commands._claim(self.pbx.id), [])

    def test_expired_command_is_never_carried_out(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        command.expire_date = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.env["telephony.command"]._claim(self.pbx.id), [])
        self.assertEqual(command.state, "expired")
        self.assertEqual(
            (command.call_id.state, command.call_id.outcome), ("ended", "failed")
        )

    def test_the_user_ends_an_overdue_command(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.assertEqual(command.with_user(self.alice).check()["state"], "pending")
        command.expire_date = fields.Datetime.now() - timedelta(seconds=1)
        payload = command.with_user(self.alice).check()
        self.assertEqual(payload["state"], "expired")
        self.assertIn("Nothing was dialed", payload["message"])
        with self.assertRaises(AccessError):
            command.with_user(self.bruno).check()

    def finish(self, state, code):
        """Return what the user is told of a click that ends so."""
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.env["telephony.command"]._claim(self.pbx.id)
        command._finish(state, code)
        return command._prepare_payload()["message"]

    def test_what_may_have_been_done_is_not_said_to_be_undone(self):
        for code in ("unknown", "unanswered", "silent"):
            with self.subTest(code=code):
                text = self.finish("failed", code)
                self.assertIn("Check it before you try again", text)
                self.assertNotIn("Nothing was", text)
                command = self.env["telephony.command"].search([], limit=1)
                command.call_id.start_date -= timedelta(hours=1)
                command.action = "hangup"
                text = command._prepare_payload()["message"]
                self.assertNotIn("rings.", text)
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE telephony_command SET create_date = '2020-01-01'"
                )
                self.env.invalidate_all()
        self.assertIn("Nothing was dialed", self.finish("expired", "timeout"))

    def test_what_the_listener_took_up_may_have_been_sent(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.env["telephony.command"]._claim(self.pbx.id)
        command.expire_date = fields.Datetime.now() - timedelta(seconds=1)
        payload = command.with_user(self.alice).check()
        self.assertEqual((payload["state"], payload["code"]), ("failed", "unanswered"))
        self.assertIn("not known whether your phone is ringing", payload["message"])

    def test_a_phone_that_may_ring_is_not_rung_again_unasked(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.assertIn("call_id", self.dial(), "nothing was sent yet")
        self.env["telephony.command"]._claim(self.pbx.id)
        for code in (False, "unanswered", "silent", "unknown"):
            with self.subTest(code=code):
                command.write({"state": "failed" if code else "sent", "code": code})
                count = self.env["telephony.call"].search_count([])
                answer = self.dial("+33612340002")
                self.assertEqual(list(answer), ["confirm"])
                self.assertIn("06 12 34 00 01", answer["confirm"].replace("+33 ", "0"))
                self.assertEqual(self.env["telephony.call"].search_count([]), count)
        other = self.env["telephony.client"].with_user(self.bruno)
        self.assertIn("call_id", other.dial("+33612340002"), "another phone")
        self.assertIn("call_id", self.dial("+33612340002", confirmed=True))

    def test_what_the_telephone_system_showed_is_known(self):
        answer = self.dial()
        self.env["telephony.command"]._claim(self.pbx.id)
        call = self.env["telephony.call"].browse(answer["call_id"])
        leg = {"uniqueid": "x", "extension": "1001", "state": "ringing"}
        self.apply(
            self.change(
                call.uniqueid,
                1,
                direction="outbound",
                state="ringing",
                number="+33612340001",
                extension="1001",
                start_date=at(0),
                legs=[leg],
            )
        )
        self.assertIn("call_id", self.dial())

    def test_answers_in_words(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        command._finish("failed", "phone_offline", "0")
        self.assertIn("1001", command._prepare_payload()["message"])
        command._finish("done")
        self.assertEqual(command.state, "failed", "an answer is final")

    def test_a_new_leader_abandons_what_was_sent(self):
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.env["telephony.command"]._claim(self.pbx.id)
        self.env["telephony.command"]._abandon_sent(self.pbx.id)
        self.assertEqual((command.state, command.code), ("failed", "unknown"))

    def test_blocked_and_emergency_numbers(self):
        self.pbx.write(
            {"blocked_numbers": "+3389* +33612340009 112", "outside_prefix": "0"}
        )
        for number in ("0899123456", "+33612340009"):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(UserError, "blocked"),
            ):
                self.dial(number)
        command = self.env["telephony.command"].browse(self.dial("112")["command_id"])
        self.assertEqual(command.payload["number"], "112")
        self.pbx.try_number = "06 12 34 00 01"
        self.assertEqual(self.pbx.try_result, "is dialed as 00033612340001")
        self.pbx.try_number = "0899123456"
        self.assertIn("blocked", self.pbx.try_result)

    def test_caller_id_shown(self):
        self.pbx.caller_id = "+33140000001"
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.assertEqual(command.payload["caller_id"], "+33140000001")
        self.ext_alice.caller_id = "+33140000002"
        command = self.env["telephony.command"].browse(self.dial()["command_id"])
        self.assertEqual(command.payload["caller_id"], "+33140000002")
        with self.assertRaises(ValidationError):
            self.ext_alice.caller_id = "x"

    def order(self, number="+33612340001", **clicked):
        answer = self.dial(number, **clicked)
        return self.env["telephony.command"].browse(answer["command_id"]).payload

    def test_no_caller_id_is_set_within_the_company_and_in_an_emergency(self):
        self.pbx.caller_id = "+33140000001"
        for number, is_internal in (("1002", True), ("*98", True), ("112", False)):
            with self.subTest(number=number):
                order = self.order(number)
                self.assertEqual(order["caller_id"], "")
                self.assertEqual(order["is_internal"], is_internal)
        self.assertEqual(self.order("3900")["caller_id"], "+33140000001")

    def test_the_own_phone_shows_whom_one_calls(self):
        partner = self.env["res.partner"].create(
            {"name": "Camille", "phone": "+33612340001"}
        )
        clicked = {"model": "res.partner", "res_id": partner.id, "field": "phone"}
        self.assertEqual(self.order(**clicked)["called_name"], "Camille")
        self.assertEqual(self.order()["called_name"], "Camille")
        self.env["res.partner"].create({"name": "Luc", "phone": "+33612340001"})
        self.assertEqual(self.order(**clicked)["called_name"], "Camille")
        self.assertEqual(self.order()["called_name"], "", "either of two")
        colleague = self.ext_bruno.user_id.name
        self.assertEqual(self.order("1002")["called_name"], colleague)
        self.assertEqual(self.order("0799887766")["called_name"], "")

    def test_the_own_phone_names_nobody_whom_the_user_may_not_read(self):
        partner = self.env["res.partner"].create(
            {"name": "Secret", "phone": "+33612340001"}
        )
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        self.assertEqual(self.order()["called_name"], "")

    def test_the_phone_picks_up_by_itself(self):
        self.assertFalse(self.order()["header"])
        self.ext_alice.auto_answer = "call_info"
        self.assertEqual(
            self.order()["header"], ["Call-Info", "<sip:odoo>;answer-after=0"]
        )
        self.ext_alice.auto_answer = "alert_info"
        self.assertEqual(self.order()["header"][0], "Alert-Info")
        self.ext_alice.write(
            {"auto_answer": "header", "auto_answer_header": "X-Auto-Answer: yes"}
        )
        self.assertEqual(self.order()["header"], ["X-Auto-Answer", "yes"])

    def test_headers_that_no_phone_is_sent(self):
        for header in (
            False,
            "",
            "X-Auto-Answer",
            "Via: x",
            "From: <sip:1@x>",
            "P-Asserted-Identity: <sip:1@x>",
            "X-A: a,b",
            "X-A: a\r\nVia: b",
            "X-A: ${SHELL(id)}",
            'X-A: "a"',
            "X A: b",
        ):
            with self.subTest(header=header), self.assertRaises(ValidationError):
                self.ext_alice.write(
                    {"auto_answer": "header", "auto_answer_header": header}
                )
        with self.assertRaises(ValidationError):
            self.ext_alice.write({"auto_answer": "off", "auto_answer_header": "Via: x"})

    def test_the_dial_plan_rings_all_phones_of_an_extension(self):
        self.ext_alice.devices = "PJSIP/1001-desk, PJSIP/1001-mobile"
        self.assertEqual(self.order()["device"], "PJSIP/1001-desk")
        self.pbx.dial_string = "Local/{number}@odoo-phones"
        self.assertEqual(self.order()["device"], "Local/1001@odoo-phones")
        self.ext_alice.devices = "Local/1001@elsewhere, PJSIP/1001-desk"
        self.assertEqual(self.order()["device"], "Local/1001@elsewhere")

    def test_how_numbers_are_dialed(self):
        number = self.env["telephony.number"]
        for dial_format, prefix, text, expected in (
            ("e164", False, "0612340001", "+33612340001"),
            ("international", False, "0612340001", "0033612340001"),
            ("national", False, "+33612340001", "0612340001"),
            ("national", "0", "+33612340001", "00612340001"),
            ("national", False, "+442079460000", "00442079460000"),
            ("e164", "0", "1002", "1002"),
        ):
            with self.subTest(dial_format=dial_format, text=text):
                self.pbx.write({"dial_format": dial_format, "outside_prefix": prefix})
                reading = number._read(text, self.pbx)
                self.assertEqual(self.pbx._get_dial_text(reading), expected)
