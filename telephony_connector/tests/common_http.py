"""What tests of routes for telephone systems share."""

import time
from unittest.mock import patch

from odoo.tests import HttpCase

from ..controllers import guard
from ..controllers.rate_limit import RateLimiter
from .common import TelephonyCommon


class TelephonyHttpCommon(TelephonyCommon, HttpCase):
    """A telephone system with an API token, and requests that bear it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.issue(cls.pbx)

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(guard, "limiter", RateLimiter(time.monotonic)))

    @classmethod
    def issue(cls, pbx):
        """Return a new API token of a telephone system."""
        action = cls.env["telephony.token"]._issue(pbx)
        return action["context"]["default_token"]

    def ask(self, path, json=None, secret=None, headers=None, **options):
        """Send a request as a telephone system does; POST where there is a body."""
        headers = {
            "Authorization": f"Bearer {secret or self.secret}",
            **(headers or {}),
        }
        headers = {key: value for key, value in headers.items() if value is not None}
        method = options.pop("method", "POST" if json is not None else "GET")
        return self.opener.request(
            method,
            self.base_url() + path,
            json=json,
            headers=headers,
            timeout=60,
            allow_redirects=False,
            **options,
        )

    def log(self):
        """Return what the log holds of the telephone system, to compare it later."""
        self.env.invalidate_all()
        calls = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        return calls.read(), calls.leg_ids.read()
