"""Nobody moves what they administer to a company that they are not in."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TelephonyCommon
from .test_secrets import ADMINISTRATOR


@tagged("post_install", "-at_install")
class TestCompanies(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.their_pbx = cls.env["telephony.pbx"].create(
            {"name": "Theirs", "host": "127.0.0.1", "company_id": cls.elsewhere.id}
        )
        cls.administrators = [
            new_test_user(cls.env, "admin_t", groups=ADMINISTRATOR),
            # Sees all companies, and is in one.
            new_test_user(
                cls.env, "settings_t", groups=f"{ADMINISTRATOR},base.group_erp_manager"
            ),
        ]
        cls.env["telephony.token"]._issue(cls.pbx)
        make = {
            "telephony.blocked.number": {"number": "+33639980001"},
            "telephony.queue": {"name": "sales", "pbx_id": cls.pbx.id},
        }
        cls.records = {
            "telephony.pbx": cls.pbx,
            "telephony.extension": cls.ext_alice,
            "telephony.token": cls.pbx.token_ids,
            **{name: cls.env[name].create(vals) for name, vals in make.items()},
        }

    def find_models(self):
        """Return the models that administrators write and that have a company."""
        return {
            name
            for name, model in self.env.items()
            if model._original_module == "telephony_connector"
            and not (model._abstract or model._transient)
            and "company_id" in model._fields
            and model.with_user(self.administrators[0]).has_access("write")
        }

    def test_every_model_is_tried(self):
        self.assertEqual(self.find_models(), set(self.records))

    def test_nothing_is_moved_to_a_company_of_others(self):
        for user in self.administrators:
            for name, record in self.records.items():
                record = record.with_user(user)
                record.check_access("write")
                field = "pbx_id" if "pbx_id" in record._fields else "company_id"
                values = {
                    field: (
                        self.their_pbx.id if field == "pbx_id" else self.elsewhere.id
                    )
                }
                for write in (record.write, lambda v, r=record: r.web_save(v, {})):
                    with (
                        self.subTest(model=name, user=user.login),
                        self.assertRaises(AccessError),
                    ):
                        write(values)
                self.assertEqual(record.sudo().company_id, self.env.company)

    def test_nothing_is_made_in_a_company_of_others(self):
        for user in self.administrators:
            for name, record in self.records.items():
                if name == "telephony.token":
                    continue  # made by its own method alone
                with (
                    self.subTest(model=name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).copy(
                        {
                            "company_id": self.elsewhere.id,
                            **(
                                {"pbx_id": self.their_pbx.id}
                                if "pbx_id" in record._fields
                                else {}
                            ),
                        }
                    )

    def test_to_an_own_company_it_is_moved(self):
        user = self.administrators[0]
        user.company_ids += self.elsewhere
        pbx = self.pbx.with_user(user)
        pbx = pbx.with_context(allowed_company_ids=user.company_ids.ids)
        pbx.company_id = self.elsewhere
        self.assertEqual(self.ext_alice.company_id, self.elsewhere)
