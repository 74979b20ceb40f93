import inspect

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.common_parameters import get_methods


@tagged("post_install", "-at_install")
class TestParameters(TelephonyCommon):
    def test_every_parameter_has_a_type(self):
        methods = get_methods(self.env, "telephony_supervisor")
        self.assertGreater(len(methods), 2)
        for (model, name), method in methods.items():
            with self.subTest(method=f"{model}.{name}"):
                parameters = set(inspect.signature(method).parameters) - {"self"}
                self.assertEqual(set(getattr(method, "_takes", ())), parameters)

    def test_nul_in_a_reason(self):
        board = self.env["telephony.board"].with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "reason"):
            board.act(self.ext_bruno.id, "pause", reason="a\0b")
