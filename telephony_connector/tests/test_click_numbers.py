"""What a click dials is what the index read, in whatever form it is written."""

import itertools

import phonenumbers

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import number_corpus
from .common import TelephonyCommon, at

FIRST, SECOND = "+33612345670", "+33756783344"
TWO = "06.12.34.56.70, 07.56.78.33.44"
# What the forms of the corpus hold beside the number that is meant.
COMPANIONS = {"+33639980001", "+33756783344", "+33199001234"}
COUNTRIES = (
    "AT AU BE BR CA CH CN CZ DE DK EG ES FI FR GB GR HU IE IL IN IT JP KE KR MA MX MY "
    "NG NL NO NZ PH PL PT RO SE SG TH TR TW UA US ZA"
).split()


class ClickCommon(TelephonyCommon):
    """Alice, whose telephone system is French, clicks on numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.france
        cls.pbx.company_id = cls.env.company

    def setUp(self):
        super().setUp()
        self.patch(self.registry["telephony.pbx"], "_has_leader", lambda pbx: True)

    def make(self, phone, country=False, **values):
        """Return a contact of that country, by its ISO code."""
        countries = self.env["res.country"]
        if country:
            countries = countries.search([("code", "=", country)])
        return self.env["res.partner"].create(
            {"name": "Clicked", "phone": phone, "country_id": countries.id, **values}
        )

    def dial(self, number, **clicked):
        client = self.env["telephony.client"].with_user(self.alice)
        return client.dial(number, confirmed=True, **clicked)

    def click(self, record, field="phone", number=None):
        """Click on a field, which sends what the screen shows; or on one choice."""
        return self.dial(
            number or record[field], model=record._name, res_id=record.id, field=field
        )

    def choices(self, answer):
        self.assertEqual(list(answer), ["choose"], "nothing is dialed yet")
        return [choice["number"] for choice in answer["choose"]]

    def dialed(self, answer):
        """Return what the telephone system is asked to dial."""
        command = self.env["telephony.command"].browse(answer["command_id"])
        return command.payload["number"]

    def call_of(self, answer):
        return self.env["telephony.call"].browse(answer["call_id"])


@tagged("post_install", "-at_install")
class TestClickNumbers(ClickCommon):
    # === ONE NUMBER === #

    def test_one_number_is_dialed(self):
        """A national number is of the record's country, not the telephone system's."""
        for text, country, expected in (
            ("06 1234 5678", "IT", "+390612345678"),
            ("030 1234567", "DE", "+49301234567"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("+49 30 / 1234567", "DE", "+49301234567"),
            ("+48 (0) 22 512 34 56", False, "+48225123456"),
            ("+1 (202) 555-0143,,99#", False, "+12025550143"),
            ("06 12 34 56 79 (cell)", "FR", "+33612345679"),
            ("Mobile: 06 12 34 56 79", "FR", "+33612345679"),
            ("1-800-FLOWERS", "US", "+18003569377"),
            ("06\t12\t34\t56\t78", "FR", "+33612345678"),
            ("202-555-0143 after 6pm", "US", "+12025550143"),
            ("030 12345 DW 678", "DE", "+493012345678"),
            ("+49 30 12345-0", "DE", "+4930123450"),
            ("044 55 1234 5678", "MX", "+525512345678"),
        ):
            with self.subTest(text=text, country=country):
                partner = self.make(text, country)
                answer = self.click(partner)
                self.assertEqual(self.dialed(answer), expected)
                self.assertEqual(self.call_of(answer).number, expected)
                self.assertEqual(self.call_of(answer)._get_object(), partner)
                caller = self.env["telephony.number"].match(expected, self.pbx).caller
                self.assertEqual(caller, partner, "who calls from it is the clicked")
                partner.unlink()

    def test_without_a_country_it_is_the_telephone_systems(self):
        for text, expected in (
            ("06 12 34 56 78", "+33612345678"),
            ("06 12 34 56 79 (cell)", "+33612345679"),
            ("00 49 30 1234567", "+49301234567"),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.dialed(self.click(self.make(text))), expected)

    def test_the_countries_of_a_record(self):
        """Its own, else that of the company that it belongs to, else a fallback that
        never makes a number of what is none there."""
        country = self.env.ref("base.us")
        company = self.env["res.company"].create(
            {"name": "American", "country_id": country.id}
        )
        self.alice.company_ids += company
        italian = self.make(False, "IT", is_company=True)
        person = self.make("06 1234 5678", parent_id=italian.id)
        self.assertEqual(self.dialed(self.click(person)), "+390612345678")
        lead = self.env["crm.lead"].create(
            {
                "name": "Web",
                "phone": "06 12 34 56 90",
                "company_id": company.id,
                "user_id": False,
            }
        )
        self.assertEqual(self.dialed(self.click(lead)), "+33612345690")
        lead.phone = "(202) 555-0143"
        self.assertEqual(self.dialed(self.click(lead)), "+12025550143")

    def test_a_lead_is_read_with_its_customers_country(self):
        lead = self.env["crm.lead"].create(
            {"name": "L", "partner_id": self.make(False, "DE").id, "user_id": False}
        )
        lead.phone = "030 1234567"
        answer = self.click(lead)
        self.assertEqual(self.dialed(answer), "+49301234567")
        self.assertEqual(self.call_of(answer)._get_object(), lead)

    def test_extensions_codes_and_short_numbers_go_as_they_are(self):
        for text in ("1002", "112", "*97", "3929", "118218"):
            with self.subTest(text=text):
                self.assertEqual(self.dialed(self.click(self.make(text, "FR"))), text)

    def test_the_number_of_a_user_is_the_contacts(self):
        """Fields that show another record's number are read as that record's."""
        partner = self.bruno.partner_id
        partner.write(
            {"phone": "030 1234567", "country_id": self.env.ref("base.de").id}
        )
        answer = self.click(self.bruno)
        self.assertEqual(self.dialed(answer), "+49301234567")
        self.assertEqual(self.call_of(answer)._get_object(), partner)

    # === SEVERAL === #

    def test_several_numbers_are_chosen_from(self):
        for text, country, *expected in (
            ("030 1234567/8", "DE", "+49301234567", "+49301234568"),
            (TWO, "FR", FIRST, SECOND),
            (TWO, False, FIRST, SECOND),
            ("* 06 12 34 56 70\n* 07 56 78 33 44", "FR", FIRST, SECOND),
            ("1) 06 12 34 56 70 2) 07 56 78 33 44", "FR", FIRST, SECOND),
            ("06 12 34 56 70\n07 56 78 33 44", "FR", FIRST, SECOND),
            ("030 1234567/8", False, "+33301234567", "+33301234568"),
        ):
            with self.subTest(text=text, country=country):
                partner = self.make(text, country)
                if country:
                    self.assertEqual(self.choices(self.click(partner)), expected)
                for number in self.choices(self.click(partner)):
                    answer = self.click(partner, number=number)
                    self.assertEqual(self.dialed(answer), number)
                    self.assertEqual(self.call_of(answer)._get_object(), partner)

    def test_choices_are_written_as_people_write_them(self):
        self.assertEqual(
            self.click(self.make(TWO, "FR"))["choose"],
            [
                {"number": FIRST, "number_display": "+33 6 12 34 56 70"},
                {"number": SECOND, "number_display": "+33 7 56 78 33 44"},
            ],
        )

    def test_several_numbers_typed_in(self):
        self.assertEqual(self.choices(self.dial(TWO)), [FIRST, SECOND])
        self.assertEqual(self.dialed(self.dial(FIRST)), FIRST)
        self.assertEqual(self.dialed(self.dial("06 12 34 56 70 (cell)")), FIRST)

    def test_several_numbers_to_transfer_to(self):
        call = self.apply(
            self.change(
                "talk",
                1,
                direction="inbound",
                state="ongoing",
                number="+33639980001",
                extension="1001",
                start_date=at(0),
                answer_date=at(1),
                legs=[
                    {
                        "uniqueid": "own",
                        "channel": "PJSIP/1001-1",
                        "extension": "1001",
                        "state": "ongoing",
                        "start_date": at(0),
                        "answer_date": at(1),
                    },
                    {
                        "uniqueid": "other",
                        "channel": "PJSIP/trunk-2",
                        "number": "+33639980001",
                        "state": "ongoing",
                        "start_date": at(0),
                        "answer_date": at(1),
                    },
                ],
            )
        ).with_user(self.alice)
        self.pbx.allowed_actions = "Atxfer BlindTransfer Redirect"
        for action in ("transfer", "attended_transfer"):
            self.assertEqual(
                self.choices(self.control(call, action, TWO)), [FIRST, SECOND]
            )
            self.assertEqual(self.dialed(self.control(call, action, SECOND)), SECOND)

    def test_one_of_several_may_be_clicked_alone(self):
        partner = self.make(TWO, "FR")
        answer = self.click(partner, number="07 56 78 33 44")
        self.assertEqual(self.dialed(answer), SECOND)

    # === NOT THE FIELD'S === #

    def test_a_number_that_was_changed_meanwhile(self):
        partner = self.make(TWO, "FR")
        for number in (
            "+33612345671",
            "06 12 34 56 7",
            "12345",
            "6",
            f"{TWO} 0612345671",
            "no number",
            "1002",
            "*97",
            "112",
        ):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(UserError, "changed in the meantime"),
            ):
                self.click(partner, number=number)
        partner.phone = False
        with self.assertRaisesRegex(UserError, "changed in the meantime"):
            self.click(partner, number=FIRST)

    def test_a_part_of_the_digits_is_not_the_number(self):
        """Nor what one number ends with and the next one begins with."""
        partner = self.make(f"{FIRST} | {SECOND}")
        for number in ("12345", "345670", "3456703375678", "+3361234567"):
            with self.subTest(number=number), self.assertRaises(UserError):
                self.click(partner, number=number)

    def test_fields_that_hold_no_text(self):
        partner = self.make(FIRST)
        for field in ("id", "country_id", "child_ids", "active", "", "nothing"):
            with self.subTest(field=field), self.assertRaises(UserError):
                self.click(partner, field=field, number=FIRST)

    def test_a_record_that_is_no_more(self):
        partner = self.make(FIRST)
        clicked = {"model": partner._name, "res_id": partner.id, "field": "phone"}
        partner.unlink()
        with self.assertRaises(UserError):
            self.dial(FIRST, **clicked)

    # === FURTHER NUMBERS === #

    def add_phone(self, partner, number):
        return self.env["telephony.phone"].create(
            {"partner_id": partner.id, "number": number}
        )

    def test_a_further_number_is_its_owners(self):
        partner = self.make(FIRST, "DE")
        phone = self.add_phone(partner, "030 1234567")
        answer = self.click(phone, "number")
        self.assertEqual(self.dialed(answer), "+49301234567")
        self.assertEqual(self.call_of(answer)._get_object(), partner)

    def test_further_numbers_of_a_record_one_may_not_read(self):
        lead = self.env["crm.lead"].create({"name": "L", "user_id": self.bruno.id})
        phone = self.env["telephony.phone"].create(
            {"lead_id": lead.id, "number": FIRST}
        )
        with self.assertRaises(AccessError):
            self.click(phone, "number")

    def test_all_further_numbers_of_a_record(self):
        """As the panel offers them, by the field that the index names."""
        partner = self.make(False, "DE")
        self.add_phone(partner, "030 1234567/8")
        self.add_phone(partner, SECOND)
        answer = self.click(partner, "telephony_phone_ids", number=SECOND)
        self.assertEqual(self.dialed(answer), SECOND)
        with self.assertRaises(UserError):
            self.click(partner, "telephony_phone_ids", number=FIRST)

    # === CALLS === #

    def test_calling_back_is_of_whom_the_call_is(self):
        """Also where the call's number only ends like the record's."""
        partner = self.make("01 99 00 00 01", "DE")
        call = self.ring(number="+33639980001")
        call.with_user(self.alice).register("res.partner", partner.id)
        for field, number in (
            ("number_display", None),
            ("number_display", call.number),
        ):
            answer = self.click(call.with_user(self.alice), field, number)
            self.assertEqual(self.dialed(answer), "+33639980001")
            self.assertEqual(self.call_of(answer)._get_object(), partner)

    def test_a_call_whose_number_is_withheld(self):
        call = self.ring(number="anonymous").with_user(self.alice)
        with self.assertRaisesRegex(UserError, "not a valid phone number"):
            self.click(call, "number_display")

    # === WHO ELSE ASKS === #

    def test_the_search_offers_each_number(self):
        partner = self.make("030 1234567/8", "DE", name="Ada Clicked")
        self.add_phone(partner, "(0)6 12 34 56 70 mornings")
        partner.telephony_phone_ids.number = "+33 6 12 34 56 70 mornings"
        found = (
            self.env["telephony.client"].with_user(self.alice).search_callees("Ada Cl")
        )
        self.assertEqual(
            [(each["number"], each["number_display"]) for each in found],
            [
                ("+49301234567", "+49 30 1234567"),
                ("+49301234568", "+49 30 1234568"),
                (FIRST, "+33 6 12 34 56 70"),
            ],
        )
        for each in found:
            clicked = {"model": each["model"], "res_id": each["id"]}
            answer = self.dial(each["number"], field=each["field"], **clicked)
            self.assertEqual(self.dialed(answer), each["number"])
            self.assertEqual(self.call_of(answer)._get_object(), partner)

    def test_the_search_finds_whoever_has_further_numbers_alone(self):
        partner = self.make(False, name="Grace Clicked")
        self.add_phone(partner, FIRST)
        client = self.env["telephony.client"].with_user(self.alice)
        for text in ("Grace Cl", "0612345670"):
            [found] = client.search_callees(text)
            self.assertEqual((found["id"], found["number"]), (partner.id, FIRST))

    def test_a_server_action_calls_the_first_number(self):
        partner = self.make("030 1234567/8", "DE")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Call",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "telephony_dial",
                "telephony_user_id": self.alice.id,
            }
        )
        action.with_context(
            active_model="res.partner", active_id=partner.id, active_ids=partner.ids
        ).run()
        command = self.env["telephony.command"].search(
            [("user_id", "=", self.alice.id)], limit=1
        )
        self.assertEqual(command.payload["number"], "+49301234567")

    def test_the_index_asks_for_no_right_that_a_click_does_not(self):
        """A salesperson who may not read companies' seats dials all the same."""
        partner = self.make("06 1234 5678", "IT", user_id=self.alice.id)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.country"),
                "domain_force": [(0, "=", 1)],
            }
        )
        self.assertEqual(self.dialed(self.click(partner)), "+390612345678")


@tagged("post_install", "-at_install")
class TestClickRules(ClickCommon):
    """What may not be called may not be clicked, in every form that people write."""

    def corpus(self):
        """Yield (country, how it is written, text, number) of one number a country."""
        for region in COUNTRIES:
            number = phonenumbers.example_number_for_type(
                region, phonenumbers.PhoneNumberType.FIXED_LINE
            )
            e164 = phonenumbers.format_number(
                number, phonenumbers.PhoneNumberFormat.E164
            )
            for way, text in number_corpus.stored_forms(number).items():
                yield region, way, text, e164

    def clicked(self):
        """Yield (label, contact, number to dial) of everything that can be clicked."""
        rows = list(self.corpus())
        self.env["res.country"].search([]).mapped("code")
        countries = {
            country.code: country.id for country in self.env["res.country"].search([])
        }
        partners = self.env["res.partner"].create(
            [
                {"name": way, "phone": text, "country_id": countries[region]}
                for region, way, text, _number in rows
            ]
        )
        return zip(rows, partners, strict=True)

    def test_each_form_dials_the_number(self):
        """Where another number stands beside it, one chooses."""
        numbers = self.env["telephony.number"]
        count = 0
        for (region, way, text, number), partner in self.clicked():
            with self.subTest(region=region, way=way, text=text):
                found = numbers._get_field_numbers(partner, "phone", self.pbx)
                self.assertIn(number, found)
                self.assertLessEqual({*found} - {number}, COMPANIONS)
                count += 1
        self.assertGreater(count, 1000)

    def assert_refused(self, clicked, message):
        for (region, way, text, number), partner in clicked:
            with self.subTest(region=region, way=way, text=text):
                with self.assertRaisesRegex(UserError, message):
                    answer = self.click(partner)
                    self.choices(answer)
                    self.click(partner, number=number)
        self.assertFalse(
            self.env["telephony.command"].search([("user_id", "=", self.alice.id)])
        )

    def test_numbers_not_to_call(self):
        clicked = list(self.clicked())
        listed = {number for (_region, _way, _text, number), _partner in clicked}
        self.env["phone.blacklist"].create([{"number": number} for number in listed])
        self.assert_refused(clicked, "not to call")

    def test_blocked_numbers(self):
        clicked = list(self.clicked())
        blocked = {number for (_region, _way, _text, number), _partner in clicked}
        self.pbx.blocked_numbers = " ".join(blocked)
        self.assert_refused(clicked, "are blocked")

    def test_blocked_numbers_by_their_beginning(self):
        self.pbx.blocked_numbers = "+3389*"
        for text in (
            "08 99 12 34 56",
            "0899.12.34.56 (9-17)",
            "Tel: 0899123456",
            "+33 (0)8 99 12 34 56",
            "1) 0899123456 2) 0899123457",
            "33899123456.0",
        ):
            partner = self.make(text, "FR")
            numbers = self.env["telephony.number"]
            for number in numbers._get_field_numbers(partner, "phone", self.pbx):
                with self.subTest(text=text), self.assertRaisesRegex(UserError, "bloc"):
                    self.click(partner, number=number)

    def test_a_question_comes_after_the_choice(self):
        self.alice.group_ids += self.env.ref(
            "telephony_connector.group_telephony_do_not_call"
        )
        self.env["phone.blacklist"].create({"number": SECOND})
        partner = self.make(TWO, "FR")
        client = self.env["telephony.client"].with_user(self.alice)
        clicked = {"model": partner._name, "res_id": partner.id, "field": "phone"}
        self.assertEqual(self.choices(client.dial(TWO, **clicked)), [FIRST, SECOND])
        self.assertEqual(list(client.dial(SECOND, **clicked)), ["confirm"])
        self.assertEqual(
            self.dialed(client.dial(SECOND, confirmed=True, **clicked)), SECOND
        )

    def test_codes_stay_what_only_buttons_may_send(self):
        self.pbx.write({"voicemail_code": "*{number}", "pickup_code": "**"})
        for text in ("**1002", "*1002", "*72+33612345670", "*72 06 12 34 56 70"):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.click(self.make(text, "FR"))

    def test_whoever_may_not_call_gets_no_choice(self):
        partner = self.make(TWO, "FR")
        client = self.env["telephony.client"].with_user(self.outsider)
        for number, model in itertools.product((TWO, FIRST), ("res.partner", False)):
            with self.assertRaises(AccessError):
                client.dial(number, model, partner.id, "phone")
