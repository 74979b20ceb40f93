from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import test_checked_links


@tagged("post_install", "-at_install")
class TestCheckedLinks(test_checked_links.TestCheckedLinks):
    """Ids of others lead nowhere in the models of this addon, too."""

    allow_inherited_tests_method = True
    addon = "telephony_mightycall"
    roles = {"telephony.mightycall.status": "User"}

    def test_rows(self):
        self.assertFalse(self.writable(), "users write no rows of this addon's")

    def required(self, model, user):
        if model == "telephony.mightycall.status":
            return {"extension_id": self.ext_bruno.id, "status": "away"}
        return super().required(model, user)
