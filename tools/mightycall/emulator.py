"""MightyCall's server as its documentation describes it: a simulation, over real HTTP.

It answers what Odoo asks (tokens, makecall, the list of calls, a user's status, the
business numbers), and posts webhook events as the real one does: the same call once per
extension, with an ``Echo`` handshake, in either family of event names. What its
documentation leaves open is told in docs/providers.md.
"""

import itertools
import secrets
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer

from .server import Handler
from .webhook import Webhook

DAILY_LIMIT = 2500
TOKEN_SECONDS = 24 * 3600

# The words of both families: ours for what happened, theirs for calls and for agents.
NAMES = {
    "call": {
        "new": "{}Call",
        "ringing": "{}CallRinging",
        "stop": "{}CallStopRinging",
        "answered": "{}CallConnected",
        "left": None,
        "ended": "{}CallCompleted",
    },
    "agent": {
        "new": "{}Call",
        "ringing": "{}CallAgentRinging",
        "stop": None,
        "answered": "{}CallAgentConnected",
        "left": "{}CallAgentCompleted",
        "ended": "{}CallCompleted",
    },
}


@dataclass
class Call:
    """A call as the server knows it; its methods say what happens, and post it."""

    emulator: "Emulator"
    direction: str
    client: str
    extension: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    start: datetime = field(default_factory=lambda: datetime.now(UTC))
    answer_date: datetime | None = None
    end: datetime | None = None
    voicemail: bool = False
    recording: str = ""

    def post(self, what, extension="", date=None):
        """Post an event of this call.

        :param what: a key of :data:`NAMES`
        :param date: when it happened, now by default
        :return: the payload, ``None`` where this family has no word for it
        """
        name = NAMES[self.emulator.family][what]
        if self.direction == "Outgoing" and what == "ringing":
            name = name.replace("Ringing", "Dialing") if "Agent" in name else None
        if not name:
            return None
        business = self.emulator.business_number
        inbound = self.direction == "Incoming"
        payload = {
            "EventType": name.format(self.direction),
            "Guid": str(uuid.uuid4()),
            "ApiKey": self.emulator.api_key,
            "Timestamp": _timestamp(date or datetime.now(UTC)),
            "Body": {
                "Id": self.id,
                "From": self.client if inbound else business,
                "To": business if inbound else self.client,
            },
        }
        if extension:
            payload["Body"]["Extension"] = extension
        if self.emulator.family == "agent":
            payload["CallId"] = self.id
        self.emulator.webhook.post(payload)
        return payload

    def ring(self, *extensions):
        """Ring the users of extensions."""
        for extension in extensions:
            self.extension = self.extension or extension
            self.post("ringing", extension)

    def stop(self, extension):
        """A phone rings no more."""
        self.post("stop", extension)

    def answer(self, extension):
        """The user of an extension answers; outgoing: the other party does."""
        self.answer_date = self.answer_date or datetime.now(UTC)
        self.extension = extension
        self.post("answered", extension)

    def complete(self):
        """The call is over."""
        self.end = datetime.now(UTC)
        if self.answer_date:
            self.post("left", self.extension)
        self.post("ended", self.extension)

    @property
    def status(self):
        if self.answer_date:
            return "Connected"
        return "VoiceMail" if self.voicemail else "Missed"

    def describe(self):
        """Return the call as the list of calls does."""
        business = self.emulator.business_number
        inbound = self.direction == "Incoming"
        client, own = {"phone": self.client}, {"phone": business}
        seconds = (self.end - self.answer_date).seconds if self.answer_date else 0
        entry = {
            "id": self.id,
            "caller": client if inbound else own,
            "called": own if inbound else client,
            "businessNumber": business,
            "dateTimeUtc": _timestamp(self.start),
            "duration": seconds,
            "direction": self.direction,
            "callStatus": self.status,
        }
        if self.recording:
            entry["callRecord"] = {"fileName": "call.mp3", "uri": self.recording}
        return entry


class Emulator:
    """One account of the simulated server.

    :param users: user keys by extension; a user may log in with his extension, too
    :param prefix: what stands before resources, as ``api``; "" for nothing
    :param family: of the event names, ``call`` or ``agent``
    :param limit: API calls that are answered in 24 hours
    :param on_call: called with each :class:`Call` that makecall begins
    """

    def __init__(
        self,
        users,
        business_number="+33199000001",
        prefix="api",
        family="call",
        limit=DAILY_LIMIT,
        on_call=lambda call: None,
    ):
        self.users = users
        self.business_number = business_number
        self.prefix = prefix
        self.family = family
        self.limit = limit
        self.on_call = on_call
        self.api_key = secrets.token_hex(16)
        self.user_key = secrets.token_hex(16)
        self.calls = {}
        self.statuses = {}
        self.tokens = {}  # access token → (extension or "", datetime of its end)
        self.refresh_tokens = {}  # refresh token → extension
        self.requests = []  # (method, path) of all that were asked
        self.fails = itertools.repeat(None)  # statuses that requests fail with, in turn
        self.webhook = Webhook()
        self._lock = threading.Lock()
        self._server = None

    # === RUNNING === #

    def start(self, port=0):
        """Begin to answer on a free port of loopback."""
        handler = type("AccountHandler", (Handler,), {"emulator": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        """Answer no more, once all events are delivered."""
        self.webhook.stop()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        """The base address, as it is set in Odoo."""
        return f"http://127.0.0.1:{self._server.server_port}/v4"

    # === CALLS === #

    def incoming(self, number):
        """A call comes in from ``number``; nobody is rung yet.

        :return: the :class:`Call`
        """
        call = self._add("Incoming", number)
        call.post("new")
        return call

    def outgoing(self, number, extension):
        """The user of an extension calls ``number``, by makecall or in the application.

        :return: the :class:`Call`
        """
        call = self._add("Outgoing", number, extension)
        call.post("new", extension)
        call.post("ringing", extension)
        return call

    def _add(self, direction, number, extension=""):
        call = Call(self, direction, number, extension)
        self.calls[call.id] = call
        return call

    # === TOKENS AND LIMITS === #

    def count(self, method, path):
        """Count an API call.

        :return: whether it may be answered
        """
        with self._lock:
            self.requests.append((method, path))
            return len(self.requests) <= self.limit

    def issue(self, extension):
        """Return the answer to a login."""
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        end = datetime.now(UTC) + timedelta(seconds=TOKEN_SECONDS)
        self.tokens[access] = extension, end
        self.refresh_tokens[refresh] = extension
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh,
        }

    def find_user(self, secret):
        """Return the extension that a client secret belongs to, "" for the account.

        :raise KeyError: nobody's
        """
        if secret == self.user_key:
            return ""
        for extension, key in self.users.items():
            if secret in (extension, key):
                return extension
        raise KeyError(secret)

    def forget_tokens(self):
        """Have all access tokens be refused, as after their 24 hours."""
        self.tokens.clear()


def _timestamp(date):
    return date.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
