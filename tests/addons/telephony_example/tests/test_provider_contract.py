import hashlib
import hmac
import json

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import provider_contract
from odoo.addons.telephony_connector.tests.common import TelephonyCommon

SECRET = "of-example"


@tagged("post_install", "-at_install")
class TestExample(provider_contract.ProviderContract, TelephonyCommon):
    allow_inherited_tests_method = True
    kind = "example"
    settings = {"host": "example.com", "secret": SECRET, "example_line": "1"}

    def build_event(self, guid, secret=SECRET):
        event = {
            "id": guid,
            "date": "2026-03-02T09:00:00",
            "call": "c1",
            "state": "ringing",
            "from": "+33612340001",
            "extension": "1001",
        }
        body = json.dumps(event).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signature}
        return headers, body

    def build_forged_event(self):
        return self.build_event("guid-1", "guessed")
