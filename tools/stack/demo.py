"""``make demo``: everything, ready to be looked at, until Ctrl-C."""

import contextlib
import os
import signal
import time
from urllib.parse import urlsplit

from tools.mightycall import Emulator

from .asterisk import Asterisk, Telephones
from .background import Background
from .control import Control
from .demo_callers import create_callers
from .demo_data import (
    EXTENSIONS,
    create_mightycall,
    create_pbx,
    create_softphone,
    use_only,
)
from .exchange import ANSWER_SECONDS, Exchange
from .mightycall_exchange import MightyCallExchange
from .odoo import Odoo
from .paths import ADDONS
from .postgres import Postgres
from .process import ProcessDied
from .rpc import OdooClient
from .say import say
from .softphone_exchange import SoftphoneExchange

DATABASE = "demo"
OPTIONS = {"max_cron_threads": 2, "smtp_server": "invalid"}
"""Odoo listens by a scheduled action, as after a plain install, and sends no mail."""
SCHEDULED = ("base", "base_automation", *ADDONS)
"""The modules whose scheduled actions run: others would write to people of Odoo's demo
data, and to services on the Internet."""


def run():
    """Start the demo, run it until it is interrupted, and stop all of it.

    :return: the exit status for the shell.
    """
    for sig in (signal.SIGINT, signal.SIGTERM):  # a shell's & leaves SIGINT ignored
        signal.signal(sig, signal.default_int_handler)
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(_uninterrupted)
            processes = _start(stack)
            while True:
                time.sleep(0.5)
                for process in processes:
                    process.check()
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    except ProcessDied as error:
        say(f"\nStopped, since {error}")
        return 1


def _uninterrupted():
    """Nothing keeps what follows from ending all that was started."""
    say("\nStopping …")
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, signal.SIG_IGN)


def _start(stack):
    """
    :param stack: an ``ExitStack`` that gets what stops it all.
    :return: the processes that have to run on.
    """
    say("PostgreSQL …")
    postgres = Postgres()
    stack.callback(postgres.stop)
    odoo = Odoo(postgres, DATABASE, **OPTIONS)
    if postgres.exists(DATABASE):
        say("Upgrading the addons in the demo's database …")
        odoo.upgrade(ADDONS)
    else:
        say("Installing the addons in a database with demo data …")
        odoo.create(ADDONS, demo=True)
        odoo.install(ADDONS, demo=True)
    choose_scheduled_actions(postgres, DATABASE)
    kind = os.environ.get("PBX") or "asterisk"
    return PARTS[kind](stack, odoo)


def choose_scheduled_actions(postgres, database):
    """Switch off the scheduled actions that are none of the telephony's."""
    postgres.query(
        """
        UPDATE ir_cron SET active = false WHERE id IN (
            SELECT res_id FROM ir_model_data
             WHERE model = 'ir.cron' AND module NOT IN %s
        ) RETURNING id
        """,
        (SCHEDULED,),
        database=database,
    )


def _start_odoo(stack, odoo):
    """
    :return: the server's process, and an RPC client of the administrator.
    """
    say("Odoo …")
    server = odoo.start()
    stack.callback(server.stop)
    return server, OdooClient(odoo.url, DATABASE, "admin")


def _with_asterisk(stack, odoo):
    pbx, processes = _start_pbx(stack)
    server, client = _start_odoo(stack, odoo)
    use_only(client, create_pbx(client, **pbx), EXTENSIONS)
    callers = create_callers(client)

    say("Listener …")
    server.wait_for_log(r"\.listener\.connection: .*: connected")
    say("Listener: connected")
    _welcome(odoo)
    if processes:
        _tell_of_ringing(callers)
    say(STOP)
    return [server, *processes]


def _with_mightycall(stack, odoo):
    say("MightyCall's server, simulated …")
    emulator = Emulator({number: f"key-{number}" for number in EXTENSIONS.values()})
    emulator.start()
    stack.callback(emulator.stop)
    exchange = MightyCallExchange(emulator, say)
    _listen(stack, exchange)
    server, client = _start_odoo(stack, odoo)
    pbx = create_mightycall(client, emulator)
    use_only(client, pbx, EXTENSIONS)
    callers = create_callers(client)
    found = client.one("telephony.pbx", [("id", "=", pbx)], ["webhook_url"])
    emulator.webhook.connect(odoo.url + urlsplit(found["webhook_url"]).path)
    _welcome(odoo)
    _tell_of_ringing(callers)
    say(STOP)
    return [server]


def _with_softphone(stack, odoo):
    server, client = _start_odoo(stack, odoo)
    pbx = create_softphone(client)
    _listen(stack, SoftphoneExchange(odoo.url, pbx))
    use_only(client, pbx, EXTENSIONS)
    callers = create_callers(client)
    _welcome(odoo)
    say(f"""
In another terminal, let somebody call admin:
{_ways_to_ring(callers)}
The page opens as a softphone opens it, by its address.
Or click a telephone number in Odoo: the browser hands tel:… over to whatever program
you have for it, and the call's page opens.""")
    say(STOP)
    return [server]


def _listen(stack, exchange):
    """Have ``make ring`` place its calls through an exchange."""
    background = Background()
    stack.callback(background.close)
    control = Control(exchange, say)

    async def connect():
        exchange.start()
        await control.start()

    background.run(connect())
    stack.callback(background.run_now, control.stop)


def _start_pbx(stack):
    """
    :return: the fields of its ``telephony.pbx``, and our own processes.
    """
    if host := os.environ.get("PBX_HOST"):
        given = {
            "username": os.environ.get("PBX_USER"),
            "secret": os.environ.get("PBX_SECRET"),
            "dial_string": os.environ.get("PBX_DIAL_STRING"),
            "context": os.environ.get("PBX_CONTEXT"),
        }
        port = int(os.environ.get("PBX_PORT") or 5038)
        say(f"Using the Asterisk at {host}:{port} instead of an own one.")
        given = {field: value for field, value in given.items() if value}
        return {"host": host, "port": port, **given}, []

    say("Asterisk and telephones …")
    asterisk = Asterisk(DATABASE)
    stack.callback(asterisk.stop)
    process = asterisk.start()
    background = Background()
    stack.callback(background.close)
    telephones = Telephones(asterisk)
    exchange = Exchange(telephones, say)
    control = Control(exchange, say)

    async def connect():
        await telephones.start()
        exchange.start()
        await control.start()

    async def disconnect():
        control.stop()
        await telephones.stop()

    background.run(connect())
    stack.callback(lambda: background.run(disconnect()))
    return {"host": asterisk.host, "port": asterisk.port}, [process]


def _welcome(odoo):
    say(f"""
Odoo runs at {odoo.url}/odoo
  log in as admin, password admin   (extension {EXTENSIONS["admin"]})
         or demo,  password demo    (extension {EXTENSIONS["demo"]})""")


def _tell_of_ringing(callers):
    say(f"""
In another terminal, let somebody call admin:
{_ways_to_ring(callers)}
Whoever is called picks up after {ANSWER_SECONDS} seconds;
ANSWER=2: sooner, ANSWER=no: never.
TO=1002 is demo, 600 rings both; with Asterisk 700 is a queue.
Or click a telephone number in Odoo: your telephone picks up by itself.""")


def _ways_to_ring(callers):
    """
    :return: a line for each caller, to be pasted.
    """
    commands = {
        f"make ring FROM={number} TO=1001": callers[number] for number in callers
    }
    width = max(map(len, commands))
    return "\n".join(
        f"  {command:{width}}   {text}" for command, text in commands.items()
    )


STOP = "\nCtrl-C stops everything.\n"
PARTS = {
    "asterisk": _with_asterisk,
    "mightycall": _with_mightycall,
    "softphone": _with_softphone,
}
"""What ``PBX=`` chooses."""
