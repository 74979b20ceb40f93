from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import USER_GROUPS, TelephonyCommon

ADMINISTRATOR = "telephony_connector.group_telephony_administrator"


@tagged("post_install", "-at_install")
class TestPhoneFields(TelephonyCommon):
    """Fields that an administrator chose are indexed as those that models name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = cls.env["telephony.number"]
        cls.sources = cls.env["telephony.number.source"]
        cls.administrator = new_test_user(
            cls.env,
            "administrator_t",
            groups=f"base.group_user,base.group_partner_manager,{ADMINISTRATOR}",
        )

    def setUp(self):
        super().setUp()
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0
        )

    def add_field(self, model, name, **values):
        return self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id(model),
                "name": name,
                "field_description": name.removeprefix("x_").title(),
                "ttype": "char",
                **values,
            }
        )

    def add_model(self, **values):
        """Return a model without code, with a name and a phone."""
        self.env["ir.model"].create(
            {
                "model": "x_boat",
                "name": "Boat",
                "field_id": [
                    (0, 0, {"name": "x_name", "ttype": "char"}),
                    (0, 0, {"name": "x_phone", "ttype": "char"}),
                ],
                "access_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "boats",
                            "group_id": self.env.ref("base.group_user").id,
                            "perm_read": True,
                        },
                    )
                ],
                **values,
            }
        )
        return self.env["x_boat"]

    def choose(self, model, name):
        """Have the administrator choose a field."""
        field = self.env["ir.model.fields"]._get(model, name)
        line = (
            self.env["telephony.phone.field"]
            .with_user(self.administrator)
            .create({"model_id": field.model_id.id, "field_id": field.id})
        )
        return line.sudo()

    def found(self, number, user=None):
        numbers = self.numbers.with_user(user or self.alice)
        return [match.record for match in numbers.match(number, self.pbx)]

    def rows(self, model):
        return self.numbers.search([("res_model", "=", model)]).mapped(
            lambda row: (row.res_id, row.field, row.number)
        )

    # === A FIELD OF A MODEL THAT HAS OTHERS === #

    def test_field_of_a_contact(self):
        """What is there already is found after the scheduled action, what is written
        then at once, and all of it is gone when the field is chosen no more."""
        self.add_field("res.partner", "x_boat_phone")
        old, new = self.env["res.partner"].create(
            [
                {
                    "name": "Old",
                    "phone": "06 39 98 70 01",
                    "x_boat_phone": "06 39 98 70 02",
                    "country_id": self.france.id,
                },
                {"name": "New", "country_id": self.france.id},
            ]
        )
        self.assertEqual(self.found("+33639987002"), [])
        self.sources._cron_build()
        line = self.choose("res.partner", "x_boat_phone")
        self.assertFalse(line.is_indexed)
        self.assertFalse(self.numbers._is_complete())
        self.sources._cron_build()
        line.invalidate_recordset()
        self.assertTrue(line.is_indexed)
        self.assertTrue(self.numbers._is_complete())
        self.assertEqual(self.found("+33639987002"), [old])
        new.x_boat_phone = "06 39 98 70 03"
        self.assertEqual(self.found("+33639987003"), [new])
        line.unlink()
        self.assertEqual(self.found("+33639987002"), [])
        self.assertEqual(self.found("+33639987001"), [old])
        self.sources._cron_build()
        self.assertNotIn("x_boat_phone", {row[1] for row in self.rows("res.partner")})
        self.assertEqual(self.found("+33639987001"), [old])

    def test_renamed_and_deleted_field(self):
        """The index follows where the field gets another name, or is deleted."""
        field = self.add_field("res.partner", "x_boat_phone")
        self.choose("res.partner", "x_boat_phone")
        partner = self.env["res.partner"].create(
            {"name": "Skipper", "x_boat_phone": "+33639987004"}
        )
        self.assertEqual(self.found("+33639987004"), [partner])
        field.write({"name": "x_ship_phone"})
        self.sources._cron_build()
        self.assertEqual(self.found("+33639987004"), [partner])
        self.assertIn("x_ship_phone", {row[1] for row in self.rows("res.partner")})
        field.unlink()
        self.assertEqual(self.found("+33639987004"), [])
        self.assertFalse(self.env["telephony.phone.field"].search([]))
        self.sources._cron_build()
        self.assertNotIn("x_ship_phone", {row[1] for row in self.rows("res.partner")})

    def test_field_that_its_module_took_along(self):
        """A row that is left of a field that is no more finds nobody, and no error."""
        partner = self.env["res.partner"].create({"name": "Skipper"})
        self.numbers._process_pending()
        self.env.cr.execute(
            """INSERT INTO telephony_number
                      (suffix, res_id, certain, number, res_model, field)
               VALUES (39987005, %s, TRUE, '+33639987005', 'res.partner', 'gone')""",
            [partner.id],
        )
        self.assertEqual(self.found("+33639987005"), [])

    def test_second_phone_of_other_addons(self):
        """The fields of OCA's addons for further phones are used where they are."""
        names = self.env["res.partner"]._telephony_number_fields()
        self.assertLessEqual({"phone", "phone2"}, set(names))
        source = self.env["res.partner"]._telephony_source()
        self.assertNotIn("phone2", source.phones)

    # === MODELS THAT KNOW NOTHING OF TELEPHONES === #

    def test_model_without_code(self):
        """A record of a model that was made in the browser is a caller like others."""
        boats = self.add_model()
        boat = boats.create({"x_name": "Albatros", "x_phone": "+33 6 39 98 70 11"})
        line = self.choose("x_boat", "x_phone")
        self.sources._cron_build()
        self.assertEqual(self.found("+33639987011"), [boat])
        call = self.ring("boat", number="+33639987011").with_user(self.alice)
        self.assertEqual(call.object_ref, boat)
        (card,) = self.read_cards(call)
        self.assertEqual(
            (card["object"]["name"], card["object"]["model_name"]),
            ("Albatros", "Boat"),
        )
        self.assertFalse(self.read_card_details(call)[0]["company"])
        action = self.env["telephony.registration"].with_user(self.alice)
        action = action.open_for_call(call.id)
        page = self.env["telephony.registration"].browse(action["res_id"])
        self.assertEqual(page.object_ref, boat)
        self.assertFalse(page.create_new)
        page = page.with_user(self.alice)
        page.note = "<p>moored at pier 4</p>"
        page.action_save()
        self.assertEqual(call.sudo().res_id, boat.id)
        lines = self.env["telephony.record.call"].with_user(self.alice)
        lines = lines.with_context(telephony_record=["x_boat", boat.id])
        self.assertEqual(lines.search([]).call_id, call)
        boat.x_phone = "+33 6 39 98 70 12"
        self.assertEqual(self.found("+33639987011"), [])
        self.assertEqual(self.found("+33639987012"), [boat])
        boat.unlink()
        self.assertEqual(self.rows("x_boat"), [])
        self.env["x_boat"].create({"x_phone": "+33639987013"})
        self.assertEqual(len(self.found("+33639987013")), 1)
        line.unlink()
        self.assertEqual(self.found("+33639987013"), [])
        self.assertFalse(call.object_ref)
        self.sources._cron_build()
        self.assertEqual(self.rows("x_boat"), [])
        self.assertNotIn("x_boat", self.sources.search([]).mapped("res_model"))

    def test_model_that_is_deleted(self):
        """Nothing is left of a model that is deleted with its chosen field."""
        self.add_model().create({"x_phone": "+33639987011"})
        self.choose("x_boat", "x_phone")
        self.sources._cron_build()
        self.assertEqual(len(self.found("+33639987011")), 1)
        self.env["ir.model"]._get("x_boat").unlink()
        self.assertEqual(self.found("+33639987011"), [])
        self.assertFalse(self.env["telephony.phone.field"].search([]))
        self.sources._cron_build()
        self.assertEqual(self.rows("x_boat"), [])

    def test_model_of_another_app(self):
        """A record of a model with code of its own is found, and its calls listed."""
        self.add_field("utm.campaign", "x_hotline")
        campaign = self.env["utm.campaign"].create(
            {"title": "Spring", "x_hotline": "+33639987021"}
        )
        self.choose("utm.campaign", "x_hotline")
        self.sources._cron_build()
        self.assertEqual(self.found("+33639987021", self.env.user), [campaign])
        campaign.x_hotline = "+33639987022"
        self.assertEqual(self.found("+33639987021", self.env.user), [])
        self.assertEqual(self.found("+33639987022", self.env.user), [campaign])

    def test_button(self):
        """Its form has the button of calls, for those who telephone, until it is
        chosen no more."""
        self.add_model()

        def buttons(user):
            arch = self.env["x_boat"].with_user(user).get_view(view_type="form")["arch"]
            return etree.fromstring(arch).findall(".//button[@icon='fa-phone']")

        self.assertFalse(buttons(self.alice))
        line = self.choose("x_boat", "x_phone")
        (button,) = buttons(self.alice)
        action = self.env.ref("telephony_connector.action_telephony_record_call")
        self.assertEqual(button.get("name"), str(action.id))
        self.assertEqual(button.get("context"), "{'telephony_record': ['x_boat', id]}")
        self.assertFalse(buttons(self.outsider))
        line.unlink()
        self.assertFalse(buttons(self.alice))

    # === RIGHTS === #

    def test_who_reads_the_record(self):
        """Only who may read the record, and the field, is told whose the number is."""
        boats = self.add_model(access_ids=[])
        boats.create({"x_phone": "+33639987011"})
        self.env["ir.model.access"].create(
            {
                "name": "boats",
                "model_id": self.env["ir.model"]._get_id("x_boat"),
                "group_id": self.env.ref(ADMINISTRATOR).id,
                "perm_read": True,
            }
        )
        self.choose("x_boat", "x_phone")
        self.sources._cron_build()
        self.assertEqual(self.found("+33639987011"), [])
        self.assertEqual(len(self.found("+33639987011", self.administrator)), 1)
        call = self.ring("boat", number="+33639987011").with_user(self.alice)
        (card,) = self.read_cards(call)
        self.assertFalse(card["object"])
        self.assertEqual((card["matches"], card["hidden"]), ([], True))

    def test_who_chooses(self):
        """Administrators of telephony alone see and choose the fields."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        values = {"model_id": field.model_id.id, "field_id": field.id}
        line = self.choose("res.partner", "ref")
        for user in (self.alice, self.supervisor, self.outsider):
            lines = self.env["telephony.phone.field"].with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    lines.create(values)
                with self.assertRaises(AccessError):
                    lines.search([])
                with self.assertRaises(AccessError):
                    line.with_user(user).unlink()
        line.with_user(self.administrator).unlink()

    # === WHAT CAN'T BE INDEXED === #

    def test_refused(self):
        """What can't be indexed is refused with the reason."""
        self.add_field("res.partner", "x_shown", related="parent_id.phone", store=False)
        self.add_field("res.partner", "x_words", translate="standard")
        for model, name, reason in (
            ("res.partner", "color", "not a single-line text"),
            ("res.partner", "x_shown", "not stored"),
            ("res.partner", "x_words", "each language"),
            ("res.partner", "barcode", "each language or company"),
            ("telephony.call", "number", "can't be callers"),
            ("telephony.registration", "title", "can't be callers"),
            ("telephony.pbx", "stored_secret", "can't be callers"),
            ("ir.mail_server", "smtp_pass", "may not read"),
            ("res.users", "password", "not stored"),
        ):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(ValidationError, reason),
            ):
                self.choose(model, name)
        ref = self.env["ir.model.fields"]._get("res.partner", "ref")
        with self.assertRaisesRegex(ValidationError, "not a field of"):
            self.env["telephony.phone.field"].create(
                {
                    "model_id": self.env["ir.model"]._get_id("res.users"),
                    "field_id": ref.id,
                }
            )

    def test_users_of_sales_do_not_choose(self):
        """The groups of those who sell have no right to the names of fields by this."""
        seller = new_test_user(self.env, "seller_t", groups=USER_GROUPS)
        with self.assertRaises(AccessError):
            self.env["ir.model.fields"].with_user(seller).search([])
