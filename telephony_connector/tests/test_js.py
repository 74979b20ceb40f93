from odoo.tests import no_retry, tagged

from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestTelephonyHoot(test_js.HOOTCommon):
    """The unit tests of the web client's parts, in a browser.

    One suite or test: ``--test-tags '.test_hoot_desktop[@telephony_connector/…]'``.
    """

    # Set by Odoo's runner alone.
    _test_params = ()

    def setUp(self):
        self._test_params = self._test_params or [("+", "@telephony_connector")]
        super().setUp()

    @no_retry
    def test_hoot_desktop(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            + self.hoot_filters,
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
