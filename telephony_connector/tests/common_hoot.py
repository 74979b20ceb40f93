from odoo.tests import no_retry

from odoo.addons.web.tests import test_js


class HootCase(test_js.HOOTCommon):
    """The unit tests of an addon's parts of the web client, in a browser.

    The test class sets ``addon``. One suite or test:
    ``--test-tags '.test_hoot_desktop[@telephony_connector/…]'``.
    """

    allow_inherited_tests_method = True
    addon = ""
    # Set by Odoo's runner alone.
    _test_params = ()

    def setUp(self):
        self._test_params = self._test_params or [("+", f"@{self.addon}")]
        super().setUp()

    def run_hoot(self, preset):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&{preset}&timeout=15000{self.hoot_filters}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

    @no_retry
    def test_hoot_desktop(self):
        self.run_hoot("preset=desktop")

    @no_retry
    def test_hoot_mobile(self):
        """What holds on a phone's screen: all but the tests tagged for the desktop."""
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.run_hoot("preset=mobile&tag=-headless")
