from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.common_upgrade import MovedCase, load_script


@tagged("post_install", "-at_install")
class TestUpgrade(MovedCase, TelephonyCommon):
    allow_inherited_tests_method = True
    addon = "telephony_recording"

    def test_what_was_said_in_english_becomes_a_code(self):
        script = load_script("migrations/19.0.1.0.5/pre-store_codes.py")
        calls = self.env["telephony.call"]
        said = {**script.RECORDING_ERRORS, "Something else": "unreachable"}
        expected = {}
        for number, (text, code) in enumerate(said.items()):
            call = self.apply(self.change(f"u{number}"))
            call.recording_error_code = text
            expected[call] = code
        untold = self.apply(self.change("untold"))
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE telephony_call"
            " RENAME COLUMN recording_error_code TO recording_error"
        )
        for _once_more in range(2):
            script.migrate(self.env.cr, "19.0.1.0.4")
        calls.invalidate_model()
        for call, code in expected.items():
            self.assertEqual(call.recording_error_code, code)
            self.assertTrue(call.recording_error)
        self.assertFalse(untold.recording_error_code)
