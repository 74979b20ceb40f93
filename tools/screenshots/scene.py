"""A company with a telephone system, in which customers call."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from tests.support.telephones import Line
from tools.stack.asterisk import start_with_telephones
from tools.stack.demo_callers import create_callers
from tools.stack.demo_data import EXTENSIONS, create_pbx, use_only
from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS
from tools.stack.postgres import Postgres
from tools.stack.rpc import OdooClient
from tools.stack.say import say
from tools.stack.waiting import wait_for

NAME = "screenshots"
CALLS, DAYS, SEED = 1500, 30, 7
DID = "+33140001001"
CAMILLE = "+33612345678"
OPPORTUNITY = "Conservatory, 12 m²"


class Folder(SimpleHTTPRequestHandler):
    """A web folder without a word in the log."""

    def log_message(self, *_args):
        """Nobody reads it."""


class Scene:
    """Odoo with its demo data, the callers of the demo, a month of calls, and a real
    Asterisk that its two users have telephones at.

    ``odoo`` is the server, ``client`` an RPC client of the administrator, who has the
    extension 1001, and ``pbx`` the id of the ``telephony.pbx``.

    :param stack: an ``ExitStack`` that gets what stops it all.
    """

    @property
    def camille(self):
        """The id of the contact who calls most."""
        return self.client.one("res.partner", [("name", "=", "Camille Laurent")])["id"]

    def __init__(self, stack):
        postgres = Postgres()
        stack.callback(postgres.stop)
        self.odoo = Odoo(postgres, NAME)
        say("Odoo with demo data …")
        self.odoo.create(ADDONS, demo=True)
        stack.callback(postgres.drop, NAME)
        self.odoo.install(ADDONS, demo=True)
        self._asterisk, self._telephones, self._background = start_with_telephones(
            stack, NAME
        )
        server = self.odoo.start()
        stack.callback(server.stop)
        self.client = OdooClient(self.odoo.url, NAME, "admin")
        self._describe()
        say("A month of calls …")
        options = ("--count", CALLS, "--days", DAYS, "--seed", SEED)
        self.odoo.telephony("generate-calls", *options)
        self.odoo.telephony("reindex")
        listener = self.odoo.start_listener()
        stack.callback(listener.stop)
        listener.wait_for_log(": connected")
        self._serve_recordings(stack)

    def _describe(self):
        client = self.client
        # Nothing of the chat lies over the pictures
        users = client.call("res.users", "search", [])
        client.call("res.users", "write", users, {"odoobot_state": "disabled"})
        self.pbx = create_pbx(
            client, self._asterisk.host, self._asterisk.port, name="Head Office"
        )
        use_only(client, self.pbx, EXTENSIONS)
        create_callers(client)
        camille = client.one("res.partner", [("name", "=", "Camille Laurent")])["id"]
        client.create(
            "crm.lead",
            name=OPPORTUNITY,
            type="opportunity",
            partner_id=camille,
            expected_revenue=18500,
            user_id=client.uid,
        )
        client.call(
            "res.partner",
            "message_post",
            [camille],
            body="Prefers to be called in the morning.",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _serve_recordings(self, stack):
        spool = self._asterisk.directory / "var" / "spool"
        handler = functools.partial(Folder, directory=spool)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}/monitor/{{file}}"
        values = {"recording_mode": "fetch", "recording_pattern": address}
        self.client.call("telephony.pbx", "write", [self.pbx], values)

    def phone(self, number):
        """
        :param number: an extension, or ``public`` for the public network.
        :return: the telephone, as a :class:`~tests.support.telephones.Line`.
        """
        return Line(self._telephones[number], self._background)

    def call(self, number, did=DID):
        """
        :param number: who calls.
        :param did: the number that is called; the direct line of 1001.
        :return: the caller's side of the call.
        """
        self._background.run_now(self._forget_rings)
        return self.phone("public").call(did, caller=number)

    def _forget_rings(self):
        """A queue rings again and again, and nobody picks up."""
        for phone in self._telephones.by_number.values():
            while not phone.arrivals.empty():
                phone.arrivals.get_nowait()

    def wait_for_call(self, number, **values):
        """Wait until the newest call with a number has certain values.

        :return: its id.
        """
        domain = [("number", "=", number)]

        def reached():
            found = self.client.search_read(
                "telephony.call", domain, list(values), order="id desc", limit=1
            )
            return found and values.items() <= found[0].items() and found[0]["id"]

        return wait_for(reached, what=f"the call with {number} to be {values}")

    def fetch_recording(self, call):
        """Run the scheduled action until a call's recording is fetched."""
        client = self.client
        name = [("cron_name", "=", "Telephony: fetch recordings")]
        cron = client.one("ir.cron", name)["id"]

        def fetched():
            client.call("ir.cron", "method_direct_trigger", [cron])
            row = client.one("telephony.call", [("id", "=", call)], ["recording_state"])
            return row["recording_state"] == "fetched"

        wait_for(fetched, 60, what="the recording to be fetched")
