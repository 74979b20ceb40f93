"""Public methods answer whatever they are called with."""

import inspect

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools.parameters import MAX_INT, read_id
from .common import TelephonyCommon
from .common_parameters import get_methods

WRONG = (
    1,
    -1,
    2**40,
    1.5,
    True,
    "",
    "x",
    "a\0b",
    "\ud800",
    "9" * 40,
    b"x",
    [],
    ["x"],
    [None],
    [False],
    [2**40],
    {},
    {"number": [], "call": "9" * 40, "pbx": "9" * 40, "name": "\0", "uniqueid": {}},
    {"number": "\ud800", "ref": "\0", "direction": 5, "pbx": -1},
    None,
    False,
)


@tagged("post_install", "-at_install")
class TestParameters(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env,
            "everything_t",
            groups="base.group_user,telephony_connector.group_telephony_administrator",
        )
        self.pbx.write({"provider": "softphone"})
        self.ext_alice.user_id = self.user

    def test_every_parameter_has_a_type(self):
        methods = get_methods(self.env, "telephony_connector")
        self.assertGreater(len(methods), 6)
        for (model, name), method in methods.items():
            with self.subTest(method=f"{model}.{name}"):
                parameters = set(inspect.signature(method).parameters) - {"self"}
                self.assertEqual(set(getattr(method, "_takes", ())), parameters)

    def test_wrong_values_are_answered_in_words(self):
        """And with wrong values for one after the other, with right ones beside it."""
        for (model, name), method in get_methods(
            self.env, "telephony_connector"
        ).items():
            kinds = method._takes
            for parameter in kinds:
                for value in WRONG:
                    with self.subTest(
                        method=f"{model}.{name}", parameter=parameter, value=repr(value)
                    ):
                        right = {key: self.right(key, kinds[key]) for key in kinds}
                        self.check(model, name, {**right, parameter: value})

    def right(self, parameter, kind):
        if parameter in ("model", "record_model"):
            return "res.partner"
        if isinstance(kind, list):
            return []
        return {str: "1", int: 1, bool: True, dict: {}}[kind]

    def check(self, model, name, values):
        records = self.env[model].with_user(self.user)
        if model == "telephony.call":
            records = self.ring("p1").with_user(self.user) or self.env[model].search(
                [("uniqueid", "=", "p1")]
            ).with_user(self.user)
        try:
            with self.env.cr.savepoint():
                getattr(records, name)(**values)
                self.env.flush_all()
        except (AccessError, UserError) as error:
            self.assertTrue(str(error))
        self.env.invalidate_all()

    def test_dial_with_what_is_no_text(self):
        client = self.env["telephony.client"].with_user(self.user)
        for number in (1, 1.5, ["1"], {"x": 1}, True, b"1"):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(UserError, "number"),
            ):
                client.dial(number)

    def test_ids_in_addresses(self):
        for value, wanted in (
            ("7", 7),
            (7, 7),
            (str(MAX_INT), MAX_INT),
            (str(MAX_INT + 1), 0),
            ("9" * 5000, 0),
            ("-1", 0),
            ("x", 0),
            ("", 0),
            (None, 0),
            ([], 0),
            ("²", 0),
        ):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(read_id(value), wanted)
