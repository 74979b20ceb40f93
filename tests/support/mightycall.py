"""A simulated MightyCall account, and the telephone system in Odoo that uses it."""

from contextlib import contextmanager
from urllib.parse import urlsplit

from tools.mightycall import Emulator
from tools.stack.demo_data import create_extensions, create_mightycall

from .stack import create_agent

AGENTS = {"mc_agent": "2001", "mc_colleague": "2002"}
"""The users by login, and their extensions at MightyCall."""


class MightyCall:
    """What the tests of MightyCall work with.

    ``emulator`` is the simulated server, ``pbx`` the id of the ``telephony.pbx`` and
    ``agent`` an RPC client of the user with extension 2001.
    """

    def __init__(self, stack, emulator, pbx):
        self.emulator = emulator
        self.pbx = pbx
        self.agent = stack.client("mc_agent")

    def reset(self, family):
        """Begin a test: everything is delivered, and events have one family's names."""
        self.emulator.webhook.wait()
        self.emulator.family = family
        self.emulator.fails = iter(())
        self.emulator.requests.clear()
        self.emulator.webhook.sent.clear()


@contextmanager
def connected(stack):
    """
    :param stack: the running :class:`~tests.support.stack.Stack`.
    :return: a context with a :class:`MightyCall` whose webhook is in use.
    """
    emulator = Emulator({number: f"key-{number}" for number in AGENTS.values()})
    emulator.start()
    try:
        pbx = create_mightycall(stack.admin, emulator)
        for login in AGENTS:
            create_agent(stack.admin, login)
        create_extensions(stack.admin, pbx, AGENTS)
        url = stack.admin.one("telephony.pbx", [("id", "=", pbx)], ["webhook_url"])
        path = urlsplit(url["webhook_url"]).path
        emulator.webhook.connect(stack.odoo.url + path)
        yield MightyCall(stack, emulator, pbx)
    finally:
        emulator.stop()
