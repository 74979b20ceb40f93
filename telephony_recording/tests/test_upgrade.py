from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.common_upgrade import MovedCase


@tagged("post_install", "-at_install")
class TestUpgrade(MovedCase, TelephonyCommon):
    allow_inherited_tests_method = True
    addon = "telephony_recording"
