"""MightyCall keeps to the contract of all kinds of telephone systems."""

import json

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import provider_contract
from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

from .common_mightycall import ACCOUNT, answer


@tagged("post_install", "-at_install")
class TestProviderContract(provider_contract.ProviderContract, TelephonyCommon):
    allow_inherited_tests_method = True
    kind = "mightycall"

    def setUp(self):
        server = ScriptedServer(answer)
        self.addCleanup(server.close)
        self.settings = {**ACCOUNT, "mightycall_base_url": server.url}
        super().setUp()

    def build_event(self, guid, key=ACCOUNT["mightycall_api_key"]):
        event = {
            "EventType": "IncomingCallRinging",
            "Guid": guid,
            "ApiKey": key,
            "Timestamp": "2026-03-02T09:00:00.0000000Z",
            "Body": {
                "Id": "m1",
                "From": "+33612340001",
                "To": "+33199000001",
                "Extension": "1001",
            },
        }
        return {"Content-Type": "application/json"}, json.dumps(event).encode()

    def build_forged_event(self):
        return self.build_event("guid-1", "guessed")
