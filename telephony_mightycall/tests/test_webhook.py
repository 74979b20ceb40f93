from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import common_webhook

from .common_mightycall import ACCOUNT


@tagged("post_install", "-at_install")
class TestWebhook(common_webhook.WebhookRouteCase):
    stages = (
        ("IncomingCall", 0),
        ("IncomingCallRinging", 1),
        ("IncomingCallConnected", 5),
        ("IncomingCallCompleted", 65),
    )
    secret_key = "ApiKey"
    secret_field = "mightycall_api_key"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write(ACCOUNT)

    def event(self, name=None, guid="g1", extension="1001", second=0, **values):
        body = {
            "Id": "m1",
            "From": "+33612340001",
            "To": "+33199000001",
            **({"Extension": extension} if extension else {}),
            **values.pop("body", {}),
        }
        date = self.now + timedelta(seconds=second)
        return {
            "EventType": name or "IncomingCallRinging",
            "Guid": guid,
            "ApiKey": "the-api-key",
            "Timestamp": f"{date.isoformat()}.0000000Z",
            "Body": body,
            **values,
        }

    def event_of_no_call(self):
        return self.event("MessageReceived")

    def test_number_that_was_called(self):
        self.post(self.event())
        self.assertEqual(self.call().dialed_number, "+33199000001")

    def test_numbers_that_are_none(self):
        before = self.log()
        for number in ("<script>", "hello", "06\n12", "+33612340001; DROP", 612340001):
            with self.subTest(number=number):
                answer = self.post(self.event(body={"From": number}))
                self.assertEqual(answer.status_code, 400)
                self.assertIn("From", answer.json()["error"])
        self.assertEqual(self.log(), before)
