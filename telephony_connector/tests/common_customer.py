"""A customer, and what stands beside the page of their call."""

from ..odoo_compat import Cursor
from .common import TelephonyCommon

NUMBER = "+33612349872"


class CustomerCommon(TelephonyCommon):
    """Ada of a company, whose sections users read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.partner"].create(
            {"name": "Testcase & Sons", "is_company": True}
        )
        cls.ada = cls.env["res.partner"].create(
            {"name": "Ada Testcase", "parent_id": cls.company.id, "phone": NUMBER}
        )
        cls.model = "telephony.customer"

    def sections(self, record=None, user=None, call=None):
        """Return the sections of a record as a user sees them, by their keys."""
        record = self.ada if record is None else record
        customer = self.env[self.model].with_user(user or self.alice)
        sections = customer.read_sections(record._name, record.id, call and call.id)
        return {section["key"]: section for section in sections}

    def count_queries(self, method):
        """Return how many queries a method sends, with cold caches of records."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            queries.append(query)
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", record)
        method()
        self.patch(Cursor, "execute", execute)
        return len(queries)
