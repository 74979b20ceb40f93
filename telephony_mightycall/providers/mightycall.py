"""MightyCall (Infratel): calls are placed by its web interface, told of by webhook."""

import logging
from functools import partial
from urllib.parse import urlsplit

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import consteq

from odoo.addons.telephony_connector.engine.dial_rules import require_authorized
from odoo.addons.telephony_connector.engine.errors import (
    ActionTimeout,
    SwitchedOff,
    TelephonyError,
)
from odoo.addons.telephony_connector.engine.json_object import read_json_object
from odoo.addons.telephony_connector.engine.number_text import is_withheld
from odoo.addons.telephony_connector.engine.origin import origin
from odoo.addons.telephony_connector.engine.presented import is_presentable
from odoo.addons.telephony_connector.odoo_compat import retrying
from odoo.addons.telephony_connector.providers.base import Provider

from . import mightycall_events
from .mightycall_client import LimitExceeded, MightyCallClient, Token

_logger = logging.getLogger(__name__)

# The server answers this many API calls a day for each key. What runs by itself stops
# earlier, so that users can call to the end.
DAILY_LIMIT = 2500
UNATTENDED_LIMIT = 1500
PAGE_SIZE = 100
MAX_PAGES = 10
# The sender's own word, sent back as it came.
MAX_ECHO = 256


class MightyCallProvider(Provider):
    """MightyCall's server. One object serves one request or scheduled action."""

    has_click_to_call = True
    has_webhook = True
    opens_outgoing_page = True

    # === DIALING === #

    def dial(self, call, extension, number):
        """Have the server ring the user's phone, once this transaction is committed.

        Only then events can find the call's row, and no retry of the transaction can
        dial twice. How it went the user hears by the command.
        """
        key = self.pbx._get_secret("mightycall_api_key")
        if not key or not self.settings.mightycall_business_number:
            raise UserError(
                self.env._(
                    "Nothing was dialed: “%(name)s” has no API key or no business "
                    "number yet. Please tell your administrator.",
                    name=self.pbx.name,
                )
            )
        command = self.env["telephony.command"]._hand_over(self.pbx, "dial", call)
        self.env.cr.postcommit.add(
            partial(
                _make_call,
                self.env.registry,
                self.pbx.id,
                extension.id,
                command.id,
                require_authorized(number),
            )
        )
        return command

    # === USER STATUS === #

    def read_status(self, extension):
        return self._get_client(extension).read_status()

    def write_status(self, extension, status):
        self._get_client(extension).write_status(status)

    # === WEBHOOK === #

    def answer_handshake(self, headers):
        echo = headers.get("Echo", "")[:MAX_ECHO]
        return {"Echo": echo} if echo else {}

    def is_webhook_genuine(self, headers, body):
        known = self.pbx._get_secret("mightycall_api_key")
        sent = self._read_payload(headers, body).get("ApiKey")
        return bool(
            known
            and isinstance(sent, str)
            and consteq(known.encode(), sent.encode(errors="replace"))
        )

    def read_webhook(self, headers, body):
        payload = self._read_payload(headers, body)
        guid = mightycall_events.read_guid(payload)
        date = mightycall_events.read_date(payload)
        change = mightycall_events.read_event(payload)
        return guid, date, [change] if change else []

    def _read_payload(self, headers, body):
        return read_json_object(headers.get("Content-Type", ""), body)

    # === THE SERVER'S LIST OF CALLS === #

    def read_calls(self, start, end):
        """Return what the server's list says of the calls between two times.

        :return: changes for ``telephony.call._apply_listed``
        :raise TelephonyError: the server does not tell, or was asked enough today
        """
        client = self._get_client(limit=UNATTENDED_LIMIT)
        changes, seen = [], 0
        for _page in range(MAX_PAGES):
            entries, total = client.list_calls(start, end, seen, PAGE_SIZE)
            for entry in entries:
                try:
                    changes.append(mightycall_events.read_listed_call(entry))
                except mightycall_events.InvalidPayload as error:
                    _logger.info("%s: a listed call is left out: %s", self.pbx, error)
            seen += len(entries)
            if not entries or seen >= total:
                break
        return changes

    # === THE ACCOUNT === #

    def test(self):
        """Log in, and return the account's business numbers.

        :raise TelephonyError: in words for the administrator
        """
        return self._get_client().list_numbers()

    def write_number(self, number):
        """Return a number as the server writes it.

        :param str number: in any form
        :return: as ``+33199000001``, where it can be read so
        :rtype: str
        """
        reading = self.env["telephony.number"]._read(number, self.pbx)
        return reading.e164 or reading.text

    # === SETTINGS === #

    def get_login_place(self):
        server = origin(self.settings.mightycall_base_url)
        return str(server) if server else ""

    def check_settings(self):
        pbx = self.settings
        server = origin(pbx.mightycall_base_url)
        if not server or not (server.is_protected or pbx.allow_unencrypted):
            raise ValidationError(
                self.env._("The server's address begins with https:// and a name.")
            )
        url = urlsplit(pbx.mightycall_base_url)
        if url.query or url.fragment:
            raise ValidationError(
                self.env._("The server's address holds no user name and no parameters.")
            )
        prefix = pbx.mightycall_resource_prefix or ""
        if not prefix.replace("/", "").replace("-", "").isalnum() and prefix:
            raise ValidationError(
                self.env._("The resource prefix is made of letters and digits.")
            )
        number = pbx.mightycall_business_number or ""
        if not is_presentable(number) or is_withheld(number):
            raise ValidationError(
                self.env._(
                    "“%(number)s” is not a valid phone number.",
                    number=number,
                )
            )

    # === THE CLIENT === #

    def _get_client(self, extension=None, limit=DAILY_LIMIT):
        """Return a client that acts for the extension's user, else for the account.

        :raise SwitchedOff: this database is a copy
        """
        if self.pbx._is_off():
            raise SwitchedOff(self.pbx.name)
        extension = extension or self.env["telephony.extension"]
        user_key = self.pbx._get_secret("secret")
        if extension:
            user_key = extension._get_secret("mightycall_user_key") or extension.number
        # sudo - telephony.mightycall.session: tokens are out of every user's reach
        place = self.get_login_place()
        session_sudo = (
            self.env["telephony.mightycall.session"]
            .sudo()
            .search(
                [
                    ("pbx_id", "=", self.pbx.id),
                    ("extension_id", "=", extension.id),
                    ("place", "=", place),
                ]
            )
        )
        token = session_sudo and Token(
            session_sudo.access, session_sudo.refresh or "", session_sudo.expire_date
        )
        return MightyCallClient(
            self.settings.mightycall_base_url or "",
            self.settings.mightycall_resource_prefix or "",
            self.pbx._get_secret("mightycall_api_key"),
            user_key or "",
            token or None,
            on_request=partial(self._count_request, limit),
            on_token=partial(self._store_token, extension, place),
            allow_unencrypted=self.settings.allow_unencrypted,
        )

    def _count_request(self, limit, name):
        """Count a request, whatever becomes of the transaction it is made in."""
        with self.env.registry.cursor() as cr:
            requests = api.Environment(cr, SUPERUSER_ID, {})[
                "telephony.mightycall.request"
            ]
            if requests._count(self.pbx) >= limit:
                raise LimitExceeded("own_limit", count=limit, limit=DAILY_LIMIT)
            requests.create(
                {"pbx_id": self.pbx.id, "name": name, "date": fields.Datetime.now()}
            )

    def _store_token(self, extension, place, token):
        with self.env.registry.cursor() as cr:
            sessions = api.Environment(cr, SUPERUSER_ID, {})[
                "telephony.mightycall.session"
            ]
            sessions._store(
                self.pbx, extension, place, token.access, token.refresh, token.expires
            )


def _make_call(registry, pbx_id, extension_id, command_id, number):
    """Place a call that was committed, and write what came of it to its command.

    The server is asked once; only the writing is tried again, where another request
    writes to the call at the same time.
    """
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        pbx = env["telephony.pbx"].browse(pbx_id)
        extension = env["telephony.extension"].browse(extension_id)
        outcome = _ask_for_call(pbx, extension, number)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        command = env["telephony.command"].browse(command_id)
        retrying(partial(command._finish, *outcome), env)


def _ask_for_call(pbx, extension, number):
    """Ask the server to place a call.

    :return: state, code and answer for ``telephony.command._finish``
    """
    try:
        provider = pbx._get_provider()
        business_number = provider.write_number(pbx.mightycall_business_number)
        client = provider._get_client(extension)
        return "done", False, client.make_call(business_number, number)
    except ActionTimeout:
        return "failed", "unanswered", False
    except TelephonyError as error:
        reason = pbx.env["telephony.text"]._render(error.text)
        _logger.warning("%s: nothing was dialed: %s", pbx.name, reason)
        return "failed", error.code, error.said
