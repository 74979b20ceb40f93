"""What the addons' addresses do by themselves: GET writes nothing, and nobody else's
page makes a browser POST what counts."""

import json
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_http import TelephonyHttpCommon
from .odoo_compat import _generate_routing_rules

PACKAGE = "odoo.addons.telephony_"
# A token's last use is written once an hour, which changes nothing for anybody.
NOTED = ("telephony_token", "telephony_agent_token")
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.I)
# A session is Odoo's: it notes the browser and when it was seen.
OF_ODOO = ("res_device_log", "res_users_log", "ir_logging")
GUARD = "odoo.addons.telephony_connector.controllers.guard"


@tagged("post_install", "-at_install")
class TestRoutes(TelephonyHttpCommon):
    """All routes of all addons of ours that are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,telephony_connector.group_telephony_administrator"
        # At its first use the guided form is notified, which waits for it.
        tokens = cls.env["telephony.token"].search([("pbx_id", "=", cls.pbx.id)])
        tokens.use_date = fields.Datetime.now() - timedelta(days=1)
        cls.administrator = new_test_user(cls.env, "routes", groups=groups)
        cls.call = cls.env["telephony.call"]._apply(
            [
                {
                    "pbx_id": cls.pbx.id,
                    "uniqueid": "c1",
                    "direction": "inbound",
                    "number": "+33612340001",
                }
            ]
        )

    def find_routes(self):
        """Return path → routing, of HTTP and JSON-RPC."""
        rules = _generate_routing_rules(self.registry._init_modules, nodb_only=False)
        return {
            path: endpoint.routing
            for path, endpoint in rules
            if endpoint.func.__module__.startswith(PACKAGE)
        }

    def build_path(self, path):
        """Return an address of a route: of the call and the telephone system here."""
        values = {
            "pbx_id": self.pbx.id,
            "call_id": self.call.id,
            "uniqueid": "c1",
            "name": "ringing",
        }
        place = re.compile(r"<[^>]*?(\w+)>")
        return place.sub(lambda match: str(values.get(match[1], "x")), path)

    def request(self, method, path, **options):
        """Send a request with the user's session; return it and the tables written."""
        written = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            text = query if isinstance(query, str) else getattr(query, "code", query)
            if match := WRITES.match(text if isinstance(text, str) else ""):
                written.append(match[1])
            return execute(cursor, query, *args, **kwargs)

        with (
            patch.object(type(self.env.cr), "execute", spy),
            mute_logger("odoo.http", GUARD),
        ):
            answer = self.opener.request(
                method,
                self.base_url() + path,
                timeout=60,
                allow_redirects=False,
                **options,
            )
        return answer, [table for table in written if table not in OF_ODOO + NOTED]

    def test_get_writes_nothing(self):
        self.authenticate("routes", "routes")
        query = {"number": "+33612340001", "call": self.call.id, "uniqueid": "c1"}
        seen = 0
        for path, routing in self.find_routes().items():
            if "GET" not in (routing.get("methods") or ["GET"]):
                continue
            for headers in ({}, {"Authorization": f"Bearer {self.secret}"}):
                with self.subTest(path, headers=bool(headers)):
                    answer, written = self.request(
                        "GET", self.build_path(path), params=query, headers=headers
                    )
                    self.assertLess(answer.status_code, 500)
                    self.assertEqual(written, [])
                    seen += answer.status_code in (200, 303)
        self.assertGreater(seen, 4, "some of them are answered")

    def test_spy_sees_what_is_written(self):
        body = {"id": "c2", "direction": "inbound"}
        headers = {"Authorization": f"Bearer {self.secret}"}
        answer, written = self.request(
            "POST", "/telephony/api/v1/calls", json=body, headers=headers
        )
        self.assertEqual(answer.status_code, 201)
        self.assertIn("telephony_call", written)

    def test_each_route_names_its_methods(self):
        for path, routing in self.find_routes().items():
            with self.subTest(path):
                self.assertIn(routing.get("methods"), (["GET"], ["POST"]))

    def test_post_without_a_token_changes_nothing(self):
        """What has no protection against other pages' forms takes no session."""
        self.authenticate("routes", "routes")
        for path, routing in self.find_routes().items():
            if routing["methods"] != ["POST"] or routing["type"] != "http":
                continue
            with self.subTest(path):
                self.assertEqual(routing["auth"], "public")
                self.assertFalse(routing.get("save_session", True))
                for options in (
                    {"json": {"id": "c3", "direction": "inbound"}},
                    {"data": {"id": "c3", "direction": "inbound"}},
                    {"data": "id=c3", "headers": {"Content-Type": "text/plain"}},
                ):
                    answer, written = self.request(
                        "POST", self.build_path(path), **options
                    )
                    self.assertIn(answer.status_code, (400, 401, 404, 415, 429))
                    self.assertEqual(written, [])

    def test_forms_of_other_pages_do_not_dial(self):
        """A page of another site can send a form or a text, no JSON."""
        self.authenticate("routes", "routes")
        body = {"jsonrpc": "2.0", "params": {"number": "+33612340001"}}
        for path, routing in self.find_routes().items():
            if routing["type"] != "jsonrpc":
                continue
            for kind in ("text/plain", "application/x-www-form-urlencoded"):
                with self.subTest(path, kind=kind):
                    answer, written = self.request(
                        "POST",
                        path,
                        data=json.dumps(body),
                        headers={"Content-Type": kind},
                    )
                    self.assertGreaterEqual(answer.status_code, 400)
                    self.assertEqual(written, [])
