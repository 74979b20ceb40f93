import io

from odoo import fields
from odoo.tests import tagged

from ..commands import number_index
from ..models import telephony_number_source
from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestNumberBuild(TelephonyCommon):
    """Building the index of what is there, mending it, and what hangs on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = cls.env["telephony.number"]
        cls.sources = cls.env["telephony.number.source"]
        cls.contacts = cls.env["res.partner"].create(
            [
                {
                    "name": f"C{n}",
                    "phone": f"02 00 00 00 {n}",
                    "country_id": cls.france.id,
                }
                for n in range(10, 16)
            ]
        )
        cls.numbers._process_pending()

    def count(self, records):
        return self.numbers.search_count(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )

    def test_installing_schedules(self):
        """Every model with phone fields waits for the scheduled action, or is done."""
        self.assertLessEqual(
            {"res.partner", "crm.lead"},
            set(self.sources.search([]).mapped("res_model")),
        )
        self.assertNotIn("res.users", self.sources.search([]).mapped("res_model"))
        self.assertTrue(self.env.ref(telephony_number_source.CRON).active)

    def test_new_phone_field(self):
        """A model that gets another phone field is indexed anew."""
        self.sources.search([]).is_done = True
        self.sources._register_model("res.partner")
        self.assertTrue(self.numbers._is_complete())
        source = self.sources.search([("res_model", "=", "res.partner")])
        source.write({"version": 0, "last_id": 7})
        self.env.flush_all()
        self.sources._register_model("res.partner")
        source.invalidate_recordset()
        self.assertEqual((source.last_id, source.is_done), (0, False))
        source.write({"phones": "mobile,phone", "last_id": 7})
        self.env.flush_all()
        self.sources._register_model("res.partner")
        source.invalidate_recordset()
        self.assertRecordValues(
            source, [{"phones": "phone", "last_id": 0, "is_done": False}]
        )

    def test_build_in_batches(self):
        """Batches go on from where the last one ended and leave what is right alone."""
        self.patch(telephony_number_source, "BATCH_SIZE", 2)
        first, *_rest = rows = self.numbers.search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.contacts.ids)],
            order="id",
        )
        (rows - first).unlink()
        source = self.sources.search([("res_model", "=", "res.partner")])
        source.write({"last_id": 0, "is_done": False})
        batches = 0
        while not source.is_done:
            last_id = source.last_id
            batches += 1
            if source._build_batch():
                self.assertGreater(source.last_id, last_id)
        self.assertGreater(batches, 3)
        self.assertEqual(self.count(self.contacts), len(self.contacts))
        self.assertTrue(first.exists())

    def test_written_while_building(self):
        """What was written behind the builder's back is mended when it ends."""
        source = self.sources.search([("res_model", "=", "res.partner")])
        source.write(
            {
                "is_done": False,
                "last_id": max(self.contacts.ids),
                "start_date": fields.Datetime.now(),
            }
        )
        self.numbers.search([("res_id", "in", self.contacts.ids)]).unlink()
        while not source.is_done:
            source._build_batch()
        self.assertEqual(self.count(self.contacts), len(self.contacts))

    def test_scheduled_action(self):
        """The scheduled action builds all that is due, then mends what is recent."""
        self.numbers.search([]).unlink()
        self.sources._restart()
        self.assertFalse(self.numbers._is_complete())
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0
        )
        self.sources._cron_build()
        self.assertTrue(self.numbers._is_complete())
        self.assertEqual(self.count(self.contacts), len(self.contacts))
        self.numbers.search([("res_id", "in", self.contacts.ids)]).unlink()
        self.sources._cron_build()
        self.assertEqual(self.count(self.contacts), len(self.contacts))

    def test_scheduled_action_without_time(self):
        """Out of time, the scheduled action leaves the rest for its next run."""
        self.sources._restart()
        seen = []

        def commit_progress(_self, _processed=0, *, remaining=None):
            seen.append(remaining)
            return 0.0

        self.patch(self.env.registry["ir.cron"], "_commit_progress", commit_progress)
        self.sources._cron_build()
        self.assertEqual(len(seen), 1)
        self.assertGreater(seen[0], 0)

    def test_model_that_is_no_more(self):
        """Rows of a model whose module is gone are dropped."""
        source = self.sources.create({"res_model": "no.such.model"})
        self.env.cr.execute(
            """INSERT INTO telephony_number
                      (suffix, res_id, certain, number, res_model, field)
               VALUES (1, 1, FALSE, '00000001', 'no.such.model', 'phone')"""
        )
        self.assertEqual(self.numbers.match("10000000001", self.pbx), [])
        source._build_batch()
        self.assertFalse(source.exists())
        self.assertFalse(self.numbers.search([("res_model", "=", "no.such.model")]))

    def spoil(self):
        """Make the index wrong: a row missing, one of a record that is no more."""
        self.numbers.search([("res_id", "=", self.contacts[0].id)]).unlink()
        self.env.cr.execute(
            "DELETE FROM res_partner WHERE id = %s", [self.contacts[1].id]
        )
        self.env.invalidate_all(flush=False)

    def test_check(self):
        """The check names differences; mending them makes the index right."""

        def differences(**options):
            missing, extra = [], []
            for _model, _count, less, more in self.sources._check_all(**options):
                missing += less
                extra += more
            return missing, extra

        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0
        )
        differences(mend=True)
        self.spoil()
        for options in ({}, {"mend": True}):
            missing, extra = differences(**options)
            self.assertEqual(
                missing, [(self.contacts[0].id, "phone", "+33200000010", True)]
            )
            self.assertEqual(
                extra, [(self.contacts[1].id, "phone", "+33200000011", True)]
            )
        self.assertEqual(differences(), ([], []))

    def test_commands(self):
        """The commands build and check, and tell of it."""
        self.spoil()
        out = io.StringIO()
        database = self.env.cr.dbname
        with self.enter_registry_test_mode():
            self.assertFalse(number_index.check_index(database, out))
            self.assertIn("missing: +33200000010 of res.partner", out.getvalue())
            self.assertIn("extra: +33200000011 of res.partner", out.getvalue())
            number_index.reindex(database, out)
            self.assertIn("100.0%", out.getvalue())
            self.assertTrue(number_index.check_index(database, out))
        self.assertIn("0 numbers missing, 0 too many", out.getvalue())

    # === LATE LINKING === #

    def triggers(self):
        cron = self.env.ref("telephony_connector.ir_cron_telephony_number_link")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_late_linking(self):
        """A call gets the contact made afterwards, but not while that is saved."""
        call = self.ring(number="+33200000099")
        self.assertFalse(call.sudo().res_id)
        before = self.triggers()
        contact = self.env["res.partner"].create(
            {"name": "Late", "phone": "02 00 00 00 99", "country_id": self.france.id}
        )
        self.numbers._process_pending()
        self.assertFalse(call.sudo().res_id)
        self.assertGreater(self.triggers(), before)
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0
        )
        self.numbers._cron_link_calls()
        self.assertEqual(call.sudo().partner_id, contact)
        self.assertEqual(call.sudo().res_id, contact.id)

    def test_no_call_no_wake_up(self):
        """Saving a contact whose number nobody called from wakes nothing."""
        before = self.triggers()
        self.contacts.create({"name": "New", "phone": "+33 2 00 00 00 98"})
        self.numbers._process_pending()
        self.assertEqual(self.triggers(), before)

    def test_several_are_not_linked(self):
        """A call whose number two records have belongs to neither by itself."""
        call = self.ring(number="+33200000097")
        self.contacts.create([{"name": n, "phone": "+33200000097"} for n in "ab"])
        self.numbers._process_pending()
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0
        )
        self.numbers._cron_link_calls()
        self.assertFalse(call.sudo().res_id)

    # === SEARCH === #

    def test_search(self):
        """Any form of a number typed in the search bar finds its records."""
        self.sources.search([]).is_done = True
        self.env.registry.clear_cache()
        lead = self.env["crm.lead"].create({"name": "L", "phone": "+33200000010"})
        call = self.ring(number="+33200000010")
        self.env.company.country_id = self.france
        for text in (
            "0200000010",
            "02 00 00 00 10",
            "+33 2 00 00 00 10",
            "33200000010",
        ):
            with self.subTest(text=text):
                domain = [("phone_mobile_search", "ilike", text)]
                self.assertEqual(self.contacts.search(domain), self.contacts[0])
                self.assertEqual(lead.search(domain), lead)
                self.assertEqual(call.search([("number_search", "ilike", text)]), call)
        for part in ("0200 0000", "+33 2 00 00", "0033 2 00", "33200", "00 00 01"):
            with self.subTest(part=part):
                self.assertIn(call, call.search([("number_search", "ilike", part)]))
        self.assertFalse(call.search([("number_search", "ilike", "+33 2 01")]))
        self.assertFalse(call.search([("number_search", "ilike", "0200000011")]))

    def test_search_falls_back(self):
        """A part of a number, and an incomplete index, are Odoo's own search."""
        domain = [("phone_mobile_search", "ilike", "200 0000")]
        self.assertLessEqual(self.contacts, self.contacts.search(domain))
        self.numbers.search([("res_id", "=", self.contacts[0].id)]).unlink()
        self.sources._restart()
        domain = [("phone_mobile_search", "ilike", "02 00 00 00 10")]
        self.assertEqual(self.contacts.search(domain), self.contacts[0])
