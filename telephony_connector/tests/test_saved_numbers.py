"""A number that is saved on the page of a call leaves the record's phone valid."""

import itertools

from odoo import Command
from odoo.tests import tagged

from .test_click_numbers import FIRST, ClickCommon


@tagged("post_install", "-at_install")
class TestSavedNumbers(ClickCommon):
    """Save Phone Number on the page of a call."""

    def setUp(self):
        super().setUp()
        self.counter = itertools.count()

    def page(self, record, number="+33612345661"):
        call = self.ring(f"call-{next(self.counter)}", number=number)
        pages = self.env["telephony.registration"].with_user(self.alice)
        pages.open_for_call(call.id)
        page = pages.search(
            [("call_id", "=", call.id), ("create_uid", "=", self.alice.id)]
        )
        page.object_ref = f"{record._name},{record.id}"
        return page

    def save(self, record, **options):
        page = self.page(record, **options)
        page.save_number = True
        page.action_save()
        return page

    def test_an_empty_phone_takes_it(self):
        for record in (
            self.make(False),
            self.env["crm.lead"].create({"name": "L", "user_id": self.alice.id}),
        ):
            self.save(record)
            self.assertEqual(record.phone, "+33 6 12 34 56 61")
            self.assertEqual(record.phone_sanitized, "+33612345661")
            self.assertFalse(record.telephony_phone_ids)

    def test_a_further_number_leaves_the_phone_valid(self):
        lead = self.env["crm.lead"].create(
            {"name": "L", "user_id": self.alice.id, "phone": "06 11 22 33 44"}
        )
        for record in (self.make("06 11 22 33 44", "FR"), lead):
            before = record.phone, record.phone_sanitized
            self.save(record)
            self.assertEqual((record.phone, record.phone_sanitized), before)
            self.assertEqual(record.telephony_phone_ids.number, "+33 6 12 34 56 61")
            page = self.page(record)
            self.assertFalse(page.offers_save_number, "it has the number now")
            page.save_number = True
            page.action_save()
            self.assertEqual(len(record.telephony_phone_ids), 1)

    def test_a_number_that_the_record_has_is_not_added(self):
        """In whatever form, field and state of the record."""
        archived = self.make("0612345661", "FR", active=False)
        further = self.make(FIRST)
        further.telephony_phone_ids = [
            Command.create({"number": "Mobile: +33 6 12 34 56 61 (9-17)"})
        ]
        self.env.company.telephony_match_archived = False
        for record in (archived, further, self.make("06 12 34 56 61 | 0611223344")):
            before = record.phone, len(record.telephony_phone_ids)
            page = self.page(record)
            self.assertFalse(page.offers_save_number)
            page.save_number = True
            page.action_save()
            self.assertEqual((record.phone, len(record.telephony_phone_ids)), before)

    def test_a_number_that_only_ends_alike_is_added(self):
        partner = self.make("06 12 34 56 61", "IT")
        self.save(partner)
        self.assertEqual(partner.telephony_phone_ids.number, "+33 6 12 34 56 61")
