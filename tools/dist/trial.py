"""What a company does with an installation: a customer calls."""

import os
import shlex
import shutil
import subprocess

from tools.stack.asterisk import start_with_telephones
from tools.stack.demo_data import create_extensions, create_pbx, make_token
from tools.stack.odoo import LOGS
from tools.stack.paths import LOCAL
from tools.stack.process import Process
from tools.stack.say import say
from tools.stack.waiting import wait_for

DID = "+33140001001"
EXTENSION = "1001"
CUSTOMER = {"name": "Camille Laurent", "phone": "06 12 34 56 78"}
NUMBER = "+33612345678"


class Trial:
    """A telephone system around an Odoo, and one call in it.

    :param stack: an ``ExitStack`` that gets what stops it all.
    :param name: of Asterisk's data and of logs.
    """

    def __init__(self, stack, name):
        self._stack = stack
        self._name = name
        self._asterisk, self._telephones, self._background = start_with_telephones(
            stack, name
        )
        self._pages = None

    def connect(self, client):
        """Describe the telephone system, the administrator's telephone and a customer.

        :param client: an :class:`~tools.stack.rpc.OdooClient` of the administrator.
        """
        pbx = create_pbx(client, self._asterisk.host, self._asterisk.port)
        create_extensions(client, pbx, {"admin": EXTENSION})
        client.create("res.partner", **CUSTOMER)

    def start_agent(self, program, client):
        """Log a desktop agent in, and have it wait for calls.

        :param program: its path.
        :param client: as above; with its address.
        """
        home = LOCAL / f"{self._name}-desktop"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        self._pages = home / "pages"
        note = f'echo "$1" >> {shlex.quote(str(self._pages))}'
        browser = f"{shlex.join(['sh', '-c', note])} sh {{url}}"
        env = {"TELEPHONY_AGENT_CONFIG": str(home / "config.json")}
        options = ["--browser", browser, "--no-notify"]
        subprocess.run(
            [program, "login", client.url, *options],
            env={**os.environ, **env},
            input=make_token(client, "admin")[0],
            text=True,
            check=True,
            timeout=60,
        )
        log = LOGS / f"{self._name}-agent.log"
        agent = Process("the agent", [program, "run", "-v"], log, env=env)
        self._stack.callback(agent.stop)
        agent.wait_for_log("Connected")

    def play(self, client):
        """Have the customer call, the administrator answer, and both hang up; say what
        Odoo makes of it.

        :param client: as above.
        :raise TimeoutError: it did not make that of it.
        """
        run = self._background.run

        async def dial():
            return self._telephones.public.call(DID, caller=NUMBER)

        call = run(dial())
        own = run(self._telephones[EXTENSION].incoming(timeout=20))
        row = self._wait_for(client, [("number", "=", NUMBER)], state="ringing")
        [card] = client.call("telephony.card", "read_cards", [row])
        known = [match["name"] for match in card["matches"]]
        assert known == [CUSTOMER["name"]], card
        say(f"  the call is in the log, and its card says: {', '.join(known)}")
        if self._pages:
            wait_for(self._pages.exists, what="the agent to open the call's page")
            say(f"  the desktop agent opened {self._pages.read_text().strip()}")
        run(own.answer())
        run(call.answered())
        this = [("id", "=", row)]
        self._wait_for(client, this, state="ongoing")
        run(call.hangup())
        self._wait_for(client, this, state="ended", outcome="answered")
        say("  it was answered, and ended")

    @staticmethod
    def _wait_for(client, domain, **values):
        """
        :return: the id of the call that has the values.
        """
        wanted = [*domain, *((key, "=", value) for key, value in values.items())]
        [row] = wait_for(
            lambda: client.search_read("telephony.call", wanted, ["id"]),
            what=f"the call to be {values}",
        )
        return row["id"]
