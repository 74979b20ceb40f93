from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TelephonyCommon

NUMBER = "+33612349871"


@tagged("post_install", "-at_install")
class TestCallPanel(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["telephony.client"]
        cls.ada = cls.env["res.partner"].create(
            {"name": "Ada Testcase", "phone": "06 12 34 98 71 | +33 1 99 00 12 34"}
        )

    def log(self, uniqueid, number=NUMBER, to="1001", minutes=10, **values):
        """Put a call into the log that rang ``to`` some minutes ago and is over."""
        start = fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes)
        return self.apply(
            self.change(
                uniqueid,
                1,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "missed",
                    "number": number,
                    "extension": to,
                    "start_date": start,
                    "end_date": start,
                    "legs": [
                        {
                            "uniqueid": f"{uniqueid}-{to}",
                            "extension": to,
                            "state": "ended",
                            "start_date": start,
                        }
                    ],
                    **values,
                },
            )
        )

    def as_user(self, user):
        return self.client.with_user(user)

    # === THE LINE === #

    def test_line(self):
        state = self.as_user(self.alice).get_phone_state()
        self.assertTrue(state["can_call"])
        self.assertEqual(state["line"], "no_listener")
        self.assertEqual([e["number"] for e in state["extensions"]], ["1001"])

    def test_who_notices_that_nobody_listens_wakes_the_listener(self):
        cron = self.env.ref("telephony_connector.ir_cron_listener")
        triggers = self.env["ir.cron.trigger"]
        of_cron = [("cron_id", "=", cron.id)]
        triggers.search(of_cron).unlink()
        for _client in range(2):
            self.as_user(self.alice).get_phone_state()
            self.assertEqual(triggers.search_count(of_cron), 1, "once for all")
        triggers.search(of_cron).unlink()
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        self.as_user(self.alice).get_phone_state()
        self.assertFalse(triggers.search_count(of_cron))

    def test_a_telephone_system_that_is_new_or_changed_wakes_the_listener(self):
        cron = self.env.ref("telephony_connector.ir_cron_listener")
        triggers = self.env["ir.cron.trigger"]
        of_cron = [("cron_id", "=", cron.id)]
        told = []
        self.patch(
            self.registry["telephony.listener"],
            "_notify",
            lambda _listener, message: told.append(message),
        )

        def is_woken(function):
            triggers.search(of_cron).unlink()
            told.clear()
            function()
            if triggers.search_count(of_cron):
                self.assertIn({"settings": True}, told, "who listens hears, too")
            return bool(triggers.search_count(of_cron))

        pbxs = self.env["telephony.pbx"]
        values = {"name": "New", "host": "192.0.2.10", "username": "u", "secret": "s"}
        self.assertTrue(is_woken(lambda: pbxs.create(values)))
        pbx = pbxs.search([("name", "=", "New")])
        self.assertEqual(pbx.shown_state, "connecting")
        for field, value, expected in (
            ("secret", "another", True),
            ("dial_string", "SIP/{number}", True),
            ("sequence", 3, False),
            ("active", False, False),
            ("secret", "a third", False),
            ("active", True, True),
        ):
            with self.subTest(field=field, value=value):
                found = is_woken(lambda f=field, v=value: pbx.write({f: v}))
                self.assertEqual(found, expected)
        softphone = {"name": "Links", "provider": "softphone"}
        self.assertFalse(is_woken(lambda: pbxs.create(softphone)))
        pbx.sudo().home = {**pbx.sudo().home, "name": "another"}
        self.assertFalse(is_woken(lambda: pbx.write({"secret": "x"})), "a copy")
        self.assertTrue(is_woken(pbx.action_take_over))
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        self.assertFalse(is_woken(lambda: pbx.write({"secret": "y"})), "one listens")

    def test_a_connection_that_nobody_makes_is_not_shown_for_ever(self):
        self.pbx._set_connection("connecting")
        self.assertEqual(self.pbx.shown_state, "connecting")
        self.pbx.connection_date -= timedelta(minutes=3)
        self.assertEqual(self.pbx.shown_state, "stopped")
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        self.pbx.invalidate_recordset(["shown_state"])
        self.assertEqual(self.pbx.shown_state, "connecting", "a PBX that is slow")

    def test_line_by_connection(self):
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        client = self.as_user(self.alice)
        self.assertEqual(client.get_phone_state()["line"], "ready")
        self.pbx.connection_state = "login_refused"
        state = client.get_phone_state()
        self.assertEqual(state["line"], "pbx_unreachable")
        self.assertEqual(state["extensions"][0]["connection_text"], "Login refused")

    def test_no_extension(self):
        self.ext_alice.user_id = False
        state = self.as_user(self.alice).get_phone_state()
        self.assertFalse(state["can_call"])
        self.assertEqual(state["line"], "no_extension")

    def test_open_calls_are_the_users_own(self):
        call = self.ring()
        self.assertEqual(
            self.as_user(self.alice).get_phone_state()["open_calls"], call.ids
        )
        for user in (self.bruno, self.supervisor):
            self.assertEqual(self.as_user(user).get_phone_state()["open_calls"], [])

    # === MISSED CALLS === #

    def missed(self, user=None):
        return [c["id"] for c in self.as_user(user or self.alice).get_panel()["missed"]]

    def test_missed(self):
        missed = self.log("m1")
        self.log("m2", number="+33199001234", outcome="answered")
        self.log("m3", to="1002")
        self.assertEqual(self.missed(), missed.ids)
        state = self.as_user(self.alice).get_phone_state()
        self.assertEqual(state["missed_count"], 1)

    def test_worked_off(self):
        self.log("m1").with_user(self.alice).action_set_handled()
        self.assertEqual(self.missed(), [])
        state = self.as_user(self.alice).get_phone_state()
        self.assertEqual(state["missed_count"], 0)

    def test_worked_off_by_whom_it_rang_alone(self):
        with self.assertRaises(AccessError):
            self.log("m1").with_user(self.bruno).action_set_handled()

    # === THE PANEL === #

    def test_recent(self):
        call = self.log("r1", number="+33199001234")
        [entry] = self.as_user(self.alice).get_panel()["recent"]
        self.assertEqual(entry["id"], call.id)
        self.assertEqual(entry["number"], "+33199001234")

    def test_panel_names_nobody_whom_the_user_may_not_read(self):
        self.ada.phone = NUMBER
        self.log("r1")
        client = self.as_user(self.alice)
        self.assertEqual(
            client.get_panel()["recent"][0]["object"]["name"], "Ada Testcase"
        )
        self.hide(self.ada)
        panel = client.get_panel()
        self.assertFalse(panel["recent"][0]["object"])
        self.assertFalse(panel["missed"][0]["object"])

    def hide(self, partner):
        """Keep a partner from all users' eyes."""
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        self.env.invalidate_all()

    def test_colleagues(self):
        colleagues = {
            c["id"]: c for c in self.as_user(self.alice).get_panel()["colleagues"]
        }
        self.assertEqual(colleagues[self.bruno.id]["number"], "1002")
        self.assertNotIn(self.alice.id, colleagues)

    # === SEARCH === #

    def found(self, text, user=None):
        callees = self.as_user(user or self.alice).search_callees(text)
        return [(c["name"], c["number"]) for c in callees]

    def test_search_by_name(self):
        self.assertEqual(
            self.found("ada testc"),
            [
                ("Ada Testcase", "+33612349871"),
                ("Ada Testcase", "+33199001234"),
            ],
        )

    def test_search_by_any_form_of_number(self):
        for text in ("0612349871", "+33612349871", "0033 6 12 34 98 71", "06.12.34.98"):
            with self.subTest(text=text):
                self.assertIn(("Ada Testcase", "+33612349871"), self.found(text))

    def test_search_colleague(self):
        self.assertIn((self.bruno.name, "1002"), self.found("100"))
        self.assertIn((self.bruno.name, "1002"), self.found("bruno_t"))
        self.assertNotIn((self.alice.name, "1001"), self.found("100"))

    def test_search_nothing(self):
        self.assertEqual(self.found("  "), [])

    def test_search_finds_only_what_the_user_may_read(self):
        self.hide(self.ada)
        self.assertEqual(self.found("ada testc"), [])
        self.assertEqual(self.found("0612349871"), [])

    def test_search_names_the_field_that_is_called(self):
        [callee, _other] = self.as_user(self.alice).search_callees("ada testc")
        self.assertEqual(
            (callee["model"], callee["id"], callee["field"]),
            ("res.partner", self.ada.id, "phone"),
        )

    def customers(self, text, user=None):
        found = self.as_user(user or self.alice).search_customers(text)
        return [(c["model"], c["id"], c["detail"]) for c in found]

    def test_a_customer_is_found_by_what_one_knows(self):
        company = self.env["res.partner"].create(
            {"name": "Dormont SA", "is_company": True, "city": "Quimper"}
        )
        # Without a phone: the number that calls may be the first.
        person = self.env["res.partner"].create(
            {"name": "Yann Dormont", "parent_id": company.id, "city": "Quimper"}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "New boiler",
                "contact_name": "Yvonne Kermarec",
                "partner_name": "Kermarec & Filles",
                "city": "Quimperlé",
                "user_id": self.alice.id,
            }
        )
        people = [
            ("res.partner", company.id, "Dormont SA, Quimper"),
            ("res.partner", person.id, "Dormont SA, Quimper"),
        ]
        leads = [("crm.lead", lead.id, "Kermarec & Filles, Quimperlé")]
        for text, wanted in (
            ("dormont", people),
            ("yann", people[1:]),
            ("quimper", people + leads),
            ("kermarec &", leads),
            ("yvonne", leads),
            ("boiler", leads),
            ("06 12 34 98 71", [("res.partner", self.ada.id, False)]),
            ("  ", []),
        ):
            with self.subTest(text):
                found = self.customers(text)
                if wanted and wanted[0][2] is False:
                    found = [(*each[:2], False) for each in found]
                self.assertCountEqual(found, wanted)

    def test_a_customer_is_one_that_the_user_may_read(self):
        self.hide(self.ada)
        self.assertEqual(self.customers("ada testc"), [])

    # === ORDER OF THE NEWS === #

    def test_a_later_leaders_news_come_after(self):
        call = self.ring(revision=9)
        before = self.get_payload(call, self.alice)["revision"]
        change = self.change("c1", 1, direction="inbound", state="ringing")
        self.apply(change | {"term": 2, "extension": "1001", "number": NUMBER})
        self.assertGreater(self.get_payload(call, self.alice)["revision"], before)
