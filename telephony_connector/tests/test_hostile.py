"""Whatever a telephone system, a softphone or a stranger sends gets an answer."""

from urllib.parse import quote

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import guard
from ..controllers.api_schema import BASE, OPERATIONS
from .common_http import TelephonyHttpCommon

ADDRESS = f"{BASE}/calls"
EDGES = (
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
)
VALUES = (
    *EDGES,
    None,
    True,
    -1,
    2**31,
    2**63,
    10**30,
    1.5,
    1e308,
    "",
    " ",
    "\n",
    "a\0b",
    "a\n",
    "\x1b[2J\u202e",
    "x" * 5000,
    "😀" * 60,
    [],
    [[]],
    {},
    {"a": {"b": []}},
)


def bodies(good):
    """Yield a body with each of its values replaced by each hostile one."""
    for key, old in good.items():
        for value in VALUES:
            yield {**good, key: value}
        if isinstance(old, dict):
            for inner in bodies(old):
                yield {**good, key: inner}


@tagged("post_install", "-at_install")
class TestHostileBodies(TelephonyHttpCommon):
    def setUp(self):
        super().setUp()
        self.patch(guard, "ADDRESS_RATE", 10**6)
        self.patch(guard, "FAILURE_RATE", 10**6)
        self.pbx.api_rate = 60_000

    def check(self, answer, what):
        """See that a request was understood or refused, and broke nothing."""
        with self.subTest(what=what):
            self.assertIn(answer.status_code, (200, 201, 400, 401, 404))
        self.assertIsNone(self.env.cr.execute("SELECT 1"))

    def test_api(self):
        call = {"id": "c1", "direction": "inbound", "number": "+33612340001"}
        self.assertEqual(self.ask(ADDRESS, call).status_code, 201)
        for operation in OPERATIONS:
            if not operation.body:
                continue
            path = operation.path.replace("{id}", "c1")
            for key in operation.body["properties"]:
                good = dict.fromkeys(operation.body["required"], "1001")
                good |= {"id": "c1", "direction": "inbound"} if path == ADDRESS else {}
                good |= {"url": "https://x.example.com/"} if "url" in good else {}
                for value in VALUES:
                    body = {**good, key: value}
                    self.check(self.ask(path, body), (path, body))

    def test_id_ends_where_it_seems_to(self):
        order = {"id": "c1\n", "direction": "inbound"}
        self.assertEqual(self.ask(ADDRESS, order).status_code, 400)
        order = {"id": "c1", "direction": "inbound", "extension": "1001\n"}
        self.assertEqual(self.ask(ADDRESS, order).status_code, 400)
        self.assertEqual(self.ask(f"{ADDRESS}/c1%0A").status_code, 400)

    @mute_logger("odoo.addons.telephony_connector.controllers.guard")
    def test_addresses(self):
        self.authenticate(self.alice.login, self.alice.login)
        texts = ("%00", "%0A", "%FF", "²", "x" * 3000, str(2**31), str(10**30), "-1")
        for text in texts:
            text = text if "%" in text else quote(text)
            for path in (
                f"/telephony/lookup?number={text}",
                f"{BASE}/records?number={text}",
                f"{ADDRESS}/{text}",
            ):
                self.check(self.ask(path), path)
            self.check(self.ask(f"/telephony/webhook/{text}", {}), text)
            if "%" not in text:  # else no number: Odoo's own pages answer
                path = f"/telephony/pbx/{text}/3cx.xml"
                answer = self.url_open(path, allow_redirects=False)
                with self.subTest(path):
                    self.assertIn(answer.status_code, (303, 400, 404))
            for name in ("pbx", "number", "uniqueid", "call", "ref", "dialed", "name"):
                path = f"/telephony/incoming?number=%2B33612340001&{name}={text}"
                answer = self.url_open(path, allow_redirects=False)
                with self.subTest(path):
                    self.assertEqual(answer.status_code, 303)
