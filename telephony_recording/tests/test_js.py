from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import common_hoot


@tagged("post_install", "-at_install")
class TestHoot(common_hoot.HootCase):
    addon = "telephony_recording"
