from odoo.tests import BaseCase

from ..engine.json_schema import SchemaError, check

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 3},
        "kind": {"type": "string", "enum": ["x", "y"]},
        "at": {"type": "string", "format": "date-time"},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "flag": {"type": "boolean"},
    },
    "required": ["id"],
    "additionalProperties": False,
}


class TestJsonSchema(BaseCase):
    def test_allowed(self):
        for value in (
            {"id": "a"},
            {"id": "a", "kind": "y", "count": 9, "flag": False},
            {"id": "a", "at": "2026-03-02T09:00:00Z"},
            {"id": "a", "at": "2026-03-02T09:00:00.123+01:00"},
        ):
            with self.subTest(value=value):
                check(value, SCHEMA)

    def test_not_allowed(self):
        for value in (
            [],
            {},
            {"id": 1},
            {"id": ""},
            {"id": "A"},
            {"id": "abcd"},
            {"id": "a", "other": 1},
            {"id": "a", "kind": "z"},
            {"id": "a", "count": True},
            {"id": "a", "count": 10},
            {"id": "a", "count": 1.5},
            {"id": "a", "flag": 1},
            {"id": "a", "at": "2026-03-02"},
            {"id": "a", "at": "2026-03-02T09:00:00"},
            {"id": "a", "at": "2026-13-02T09:00:00Z"},
        ):
            with self.subTest(value=value), self.assertRaises(SchemaError):
                check(value, SCHEMA)

    def test_the_text_says_where(self):
        with self.assertRaisesRegex(SchemaError, r"body\.count is out of range"):
            check({"id": "a", "count": 10}, SCHEMA)
