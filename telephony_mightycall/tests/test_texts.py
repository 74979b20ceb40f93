"""What MightyCall's client says is said in the reader's language."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.telephony_connector.engine.errors import LoginRefused
from odoo.addons.telephony_connector.engine.texts import TEXTS
from odoo.addons.telephony_connector.tests import common_texts

from ..models.telephony_text import TEMPLATES
from ..providers.mightycall import MightyCallProvider
from ..providers.mightycall_client import LimitExceeded
from .common_mightycall import ACCOUNT


@tagged("post_install", "-at_install")
class TestTexts(common_texts.CodesCase):
    allow_inherited_tests_method = True
    addon = "telephony_mightycall"
    least = 9
    templates = TEMPLATES

    def test_no_sentence_is_raised_where_no_language_is_known(self):
        for path in self.find_files():
            if path.name.endswith("_client.py"):
                self.check_no_sentence(path)

    def test_the_texts_are_this_addons_alone(self):
        self.assertFalse(TEMPLATES.keys() & TEXTS.keys())

    def test_the_log_has_words(self):
        self.pbx.write(ACCOUNT)
        self.enterContext(self.enter_registry_test_mode())
        error = LoginRefused("server_login")
        with (
            patch.object(MightyCallProvider, "read_calls", side_effect=error),
            self.assertLogs("odoo.addons.telephony_mightycall", "WARNING") as log,
        ):
            self.env.ref(
                "telephony_mightycall.ir_cron_reconcile"
            ).method_direct_trigger()
        self.assertIn("refused the login: please check", log.output[0])

    def test_a_command_ends_in_the_readers_language(self):
        command = self.env["telephony.command"]._hand_over(
            self.pbx, "dial", self.env["telephony.call"]
        )
        command.user_id = self.alice
        command._finish("failed", LimitExceeded.code)
        self.assertTranslated(command._prepare_payload()["message"])
