"""Where numbers can be clicked: lists, cards, activities; and by whom."""

from lxml import etree

from odoo.tests import tagged

from ..odoo_compat import Store
from .test_click_numbers import FIRST, SECOND, ClickCommon


@tagged("post_install", "-at_install")
class TestClickPlaces(ClickCommon):
    # === LISTS AND CARDS === #

    def phone_fields(self, model, view_type, user=None, path=""):
        view = self.env[model].with_user(user or self.alice).get_view(None, view_type)
        arch = etree.fromstring(view["arch"])
        found = arch.xpath(f"//{path}field[@name='phone']")
        self.assertTrue(found, f"the phone of {model}")
        return found

    def test_lists(self):
        """Contacts and leads, and whatever else has phone fields."""
        for model in ("res.partner", "crm.lead"):
            for field in self.phone_fields(model, "list"):
                with self.subTest(model=model):
                    self.assertEqual(field.get("widget"), "phone")
                    self.assertIn("false", field.get("options"), "no SMS button")

    def test_a_list_of_ones_own(self):
        self.env["ir.ui.view"].create(
            {
                "name": "own",
                "model": "res.partner",
                "priority": 1,
                "arch": """
                    <list>
                        <field name="name"/>
                        <field name="phone" options="{'own': 1}"/>
                        <field name="phone" widget="CopyClipboardChar"/>
                    </list>""",
            }
        )
        plain, other = self.phone_fields("res.partner", "list")
        self.assertEqual(plain.get("widget"), "phone")
        self.assertEqual(plain.get("options"), "{'own': 1}")
        self.assertEqual(other.get("widget"), "CopyClipboardChar", "chosen by the view")

    def test_cards_of_a_companys_people(self):
        [card] = self.phone_fields("res.partner", "form", path="kanban//templates//")
        self.assertEqual(card.get("widget"), "phone")

    def test_lists_within_forms(self):
        self.env["ir.ui.view"].create(
            {
                "name": "own",
                "model": "res.partner",
                "priority": 1,
                "arch": """
                    <form>
                        <field name="phone"/>
                        <field name="child_ids">
                            <list><field name="phone"/></list>
                        </field>
                    </form>""",
            }
        )
        form, in_list = self.phone_fields("res.partner", "form")
        self.assertFalse(form.get("widget"), "a form is as its view says")
        self.assertEqual(in_list.get("widget"), "phone")

    def test_others_see_what_odoo_shows(self):
        for user in (self.outsider, self.alice, self.outsider):
            with self.subTest(user=user.login):
                [field] = self.phone_fields("res.partner", "list", user)
                widget = "phone" if user == self.alice else None
                self.assertEqual(field.get("widget"), widget)
                self.assertNotIn("telephony_phone", field.attrib)

    def test_a_click_in_the_list_of_missed_callers(self):
        followup = self.env["telephony.followup"].create(
            {
                "company_id": self.env.company.id,
                "pbx_id": self.pbx.id,
                "number": FIRST,
                "user_id": self.alice.id,
            }
        )
        for field in ("number", "number_display"):
            answer = self.click(followup.with_user(self.alice), field)
            self.assertEqual(self.dialed(answer), FIRST)

    # === ACTIVITIES === #

    def plan(self, record, xmlid="mail.mail_activity_data_call", user=None):
        activity = record.activity_schedule(xmlid, user_id=(user or self.alice).id)
        return activity.with_user(user or self.alice)

    def shown(self, activity):
        [data] = Store().add(activity).get_result()["mail.activity"]
        return data.get("telephony_numbers")

    def test_an_activity_of_the_kind_call_calls(self):
        partner = self.make("06 12 34 56 70 | 07 56 78 33 44", "FR")
        phone = self.env["telephony.phone"].create(
            {"partner_id": partner.id, "number": "030 1234567", "label": "private"}
        )
        shown = self.shown(self.plan(partner))
        self.assertEqual(
            shown,
            [
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "field": "phone",
                    "number": "06 12 34 56 70 | 07 56 78 33 44",
                    "label": False,
                },
                {
                    "model": "telephony.phone",
                    "res_id": phone.id,
                    "field": "number",
                    "number": "030 1234567",
                    "label": "Private",
                },
            ],
        )
        first, further = [
            {name: each[name] for name in ("number", "model", "res_id", "field")}
            for each in shown
        ]
        self.assertEqual(self.choices(self.dial(**first)), [FIRST, SECOND])
        self.assertEqual(self.call_of(self.dial(**further))._get_object(), partner)

    def test_other_kinds_show_no_number(self):
        activity = self.plan(self.make(FIRST), "mail.mail_activity_data_todo")
        self.assertIsNone(self.shown(activity))

    def test_an_activity_without_a_record_or_number(self):
        self.assertEqual(self.shown(self.plan(self.make(False))), [])
        activity = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.alice.id,
            }
        )
        self.assertEqual(self.shown(activity.with_user(self.alice)), [])

    def test_a_record_without_phones_has_its_contacts(self):
        partner = self.make(FIRST)
        lead = self.env["crm.lead"].create(
            {"name": "L", "partner_id": partner.id, "user_id": self.alice.id}
        )
        lead.phone = False
        [shown] = self.shown(self.plan(lead))
        self.assertEqual((shown["model"], shown["res_id"]), ("res.partner", partner.id))

    def test_the_activity_of_a_missed_caller(self):
        followup = self.env["telephony.followup"].create(
            {"company_id": self.env.company.id, "pbx_id": self.pbx.id, "number": FIRST}
        )
        followup.user_id = self.alice
        [shown] = self.shown(self.plan(followup))
        self.assertEqual(shown["number"], "+33 6 12 34 56 70")
        self.assertEqual(shown["field"], "number_display")

    def test_numbers_only_for_those_who_may_read_the_record(self):
        lead = self.env["crm.lead"].create(
            {"name": "L", "phone": FIRST, "user_id": self.bruno.id}
        )
        activity = self.plan(lead, user=self.alice)
        self.assertEqual(self.shown(activity), [])
        activity = self.plan(self.make(FIRST), user=self.outsider)
        self.assertIsNone(self.shown(activity), "no telephone, no numbers")
