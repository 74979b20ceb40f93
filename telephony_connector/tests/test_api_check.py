from odoo.tests import BaseCase

from ..controllers.api_check import _TEXTS, SchemaError, check
from ..controllers.api_schema import OPERATIONS

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


class TestApiCheck(BaseCase):
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
            {"id": "a", "count": 5.0},
            {"id": "a", "count": "5"},
            {"id": "a", "flag": 1},
            {"id": "a", "at": "2026-03-02"},
            {"id": "a", "at": "2026-03-02T09:00:00"},
            {"id": "a", "at": "2026-13-02T09:00:00Z"},
            {"id": "a", "at": "2026-03-02T09:00:00Z\n"},
            {"id": "a\n"},
        ):
            with self.subTest(value=value), self.assertRaises(SchemaError):
                check(value, SCHEMA)

    def test_the_text_says_what_is_wrong_and_where(self):
        for value, text in (
            ([], "body is no object"),
            ({}, "body.id is missing"),
            ({"id": 1}, "body.id is no string"),
            ({"id": ""}, "body.id has signs that it may not have"),
            ({"id": "abcd"}, "body.id is too long: 3 characters at most"),
            ({"id": "a", "count": 10}, "body.count is out of range: 9 at most"),
            ({"id": "a", "count": -1}, "body.count is out of range: 0 at least"),
            ({"id": "a", "kind": "z"}, "body.kind is none of x, y"),
            ({"id": "a", "at": "?"}, "body.at is no time as 2026-03-02T09:00:00Z"),
            ({"id": "a", "other": 1}, "body has a key that is not known"),
        ):
            with self.subTest(value=value), self.assertRaises(SchemaError) as refused:
                check(value, SCHEMA)
            self.assertEqual(str(refused.exception), text)

    def test_the_text_repeats_nothing_of_the_value(self):
        secret = "S3cret<script>"
        for key in (*SCHEMA["properties"], secret):
            for value in (secret, [secret], {secret: secret}):
                with self.subTest(key=key), self.assertRaises(SchemaError) as refused:
                    check({"id": "a", key: value}, SCHEMA)
                self.assertNotIn(secret, str(refused.exception))

    def test_each_word_of_our_schemas_has_a_text(self):
        words = set()
        for operation in OPERATIONS:
            for schema in (operation.body or {}, *operation.query.values()):
                for each in (schema, *schema.get("properties", {}).values()):
                    words |= each.keys()
        checked = words - {"description", "properties", "required"}
        self.assertEqual(checked - _TEXTS.keys(), set())
