from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import test_checked_links


@tagged("post_install", "-at_install")
class TestCheckedLinks(test_checked_links.TestCheckedLinks):
    """Ids of others lead nowhere in the models of this addon, too."""

    allow_inherited_tests_method = True
    addon = "telephony_recording"
    roles = {
        "telephony.legal.hold": "Supervisor",
        "telephony.recording.rule": "Administrator",
    }
    own_values = {"telephony.legal.hold": {"reason": "dispute"}}
