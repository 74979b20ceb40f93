"""The base's own kinds keep to the contract of all kinds."""

import json

from odoo.tests import tagged

from . import provider_contract
from .common import TelephonyCommon
from .common_provider import CODE, SECRET, choosing_webhooks


class ContractCase(provider_contract.ProviderContract):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestAsterisk(ContractCase, TelephonyCommon):
    kind = "asterisk"
    settings = {
        "host": "127.0.0.1",
        "username": "odoo",
        "secret": "typed",
        "connection_state": "connected",
        "allowed_actions": "Hangup Originate BlindTransfer",
    }


@tagged("post_install", "-at_install")
class TestSoftphone(ContractCase, TelephonyCommon):
    kind = "softphone"
    settings = {"dial_link": "sip:{number}"}


@tagged("post_install", "-at_install")
class TestApi(ContractCase, TelephonyCommon):
    kind = "api"


@tagged("post_install", "-at_install")
class TestWebhook(ContractCase, TelephonyCommon):
    """The kind of the tests that has a webhook."""

    kind = CODE
    settings = {"host": "pbx.example.com", "secret": SECRET}

    def setUp(self):
        self.patch(*choosing_webhooks(self.registry))
        super().setUp()

    def build_event(self, guid, secret=SECRET):
        event = {
            "guid": guid,
            "secret": secret,
            "date": "2026-03-02T09:00:00",
            "told": [{"call": "c1", "state": "ringing", "extension": "1001"}],
        }
        return {"Content-Type": "application/json"}, json.dumps(event).encode()

    def build_forged_event(self):
        return self.build_event("guid-1", "guessed")
