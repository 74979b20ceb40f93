"""``python -m tools.dist``: build the packages, install them, and have somebody call."""

import sys
from contextlib import ExitStack

from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, LOCAL, ROOT, shown
from tools.stack.postgres import Postgres
from tools.stack.rpc import OdooClient
from tools.stack.say import say

from .environment import install, install_agent
from .trial import Trial
from .wheels import WHEELS, Failed, build

NAME = "dist"
PLACES = """
from odoo.modules import Manifest
for name in %r:
    print("PLACE", Manifest.for_addon(name).path)
"""


def main():
    """
    :return: the exit status for the shell.
    """
    say("Building the packages …")
    wheels = build()
    for wheel in wheels:
        say(f"  {shown(wheel)} ({wheel.stat().st_size // 1024} kB)")
    say("Installing them into an empty environment with Odoo …")
    program = install(wheels, LOCAL / "dist-odoo")
    agent = install_agent(wheels, LOCAL / "dist-agent")
    with ExitStack() as stack:
        _try(stack, program, agent)
    say(f"The packages in {shown(WHEELS)} are fine.")
    return 0


def _try(stack, program, agent):
    postgres = Postgres()
    stack.callback(postgres.stop)
    odoo = Odoo(postgres, NAME, program=program, addons_path=None)
    postgres.create(NAME)
    stack.callback(postgres.drop, NAME)
    say("Installing the addons in a new database …")
    odoo.install(ADDONS)
    _check_places(odoo)
    trial = Trial(stack, NAME)
    server = odoo.start()
    stack.callback(server.stop)
    client = OdooClient(odoo.url, NAME, "admin")
    trial.connect(client)
    listener = odoo.start_listener()
    stack.callback(listener.stop)
    listener.wait_for_log(": connected")
    trial.start_agent(agent, client)
    say("A customer calls …")
    trial.play(client)


def _check_places(odoo):
    """
    :raise Failed: Odoo has an addon from elsewhere than the packages.
    """
    lines = odoo.shell(PLACES % (ADDONS,)).splitlines()
    places = [line.removeprefix("PLACE ") for line in lines if line[:6] == "PLACE "]
    packages = str(LOCAL / "dist-odoo")
    foreign = [place for place in places if not place.startswith(packages)]
    if foreign or len(places) != len(ADDONS):
        raise Failed(f"not from the packages: {foreign or places}")
    say(f"  {len(places)} addons, all below {LOCAL.relative_to(ROOT)}/dist-odoo")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as error:
        say(str(error))
        sys.exit(1)
