"""One Odoo, one listener, one Asterisk and its telephones, for all tests."""

from contextlib import ExitStack, contextmanager

from tools.stack.asterisk import start_with_telephones
from tools.stack.demo_data import create_extensions, create_pbx
from tools.stack.odoo import Odoo
from tools.stack.rpc import OdooClient
from tools.stack.waiting import wait_for

from .logs import complaints
from .telephones import Line

DATABASE = "e2e"
AGENTS = {"agent": "1001", "colleague": "1002"}
"""The users of the tests by login, which is the password too, and their extensions."""
NO_CHAT = {"odoobot_state": "disabled"}
"""Odoo greets new users in a chat, which lies over everything on a narrow screen."""


class Stack:
    """What the tests work with.

    ``admin`` and ``agent`` are RPC clients, ``pbx`` the id of the ``telephony.pbx``,
    ``phone(number)`` a telephone.
    """

    def __init__(self, odoo, server, asterisk, background, telephones):
        self.odoo = odoo
        self.asterisk = asterisk
        self.server = server
        self.listener = None
        self.pbx = None
        self._background = background
        self._telephones = telephones
        self.admin = OdooClient(odoo.url, odoo.database, "admin")
        self.admin.call("res.users", "write", [self.admin.uid], NO_CHAT)
        _create_agents(self.admin)
        self.agent = self.client("agent")

    def client(self, login):
        """
        :return: an RPC client of a user whose password is the login.
        """
        return OdooClient(self.odoo.url, self.odoo.database, login)

    def phone(self, number):
        """
        :param number: an extension, or ``public`` for the public network.
        :return: the telephone, as a :class:`~tests.support.telephones.Line`.
        """
        return Line(self._telephones[number], self._background)

    @property
    def telephones(self):
        """The :class:`~tools.stack.asterisk.Telephones`, for what is asynchronous."""
        return self._telephones

    def run(self, coroutine, timeout=60):
        """Run a coroutine where the telephones live; return its result."""
        return self._background.run(coroutine, timeout)

    def start_asterisk(self):
        """Start Asterisk again: it knows no registration of before."""
        self.asterisk.start()
        self.run(self._telephones.register())

    def start_listener(self):
        """Start the listener and wait until it is connected with Asterisk."""
        self.listener = self.odoo.start_listener()
        self.listener.wait_for_log(": connected")
        self.wait_for_connection("connected")  # which the log says first

    def start_server(self):
        """Start the Odoo server and wait until it answers."""
        self.server = self.odoo.start()

    @contextmanager
    def settings_changed(self):
        """A context after which the listener knows of extensions that changed."""

        def count():
            return self.listener.read().count("settings changed")

        before = count()
        yield
        wait_for(lambda: count() > before, what="the listener to hear of it")

    def wait_for_connection(self, state):
        """Wait until Odoo shows a state of the connection with Asterisk."""

        def reached():
            domain = [("id", "=", self.pbx)]
            pbx = self.admin.one("telephony.pbx", domain, ["connection_state"])
            return pbx["connection_state"] == state

        wait_for(reached, 60, what=f"the connection to be {state}")

    def cut_database_connections(self):
        """End what is connected with the database, as a restart of PostgreSQL does."""
        self.odoo.postgres.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [self.odoo.database],
        )

    def mend(self):
        """Start again whatever does not run, and wait until all is connected."""
        if not self.asterisk.process.is_running:
            self.start_asterisk()
        if not self.server.is_running:
            self.start_server()
        if not self.listener.is_running:
            self.start_listener()
        self.wait_for_connection("connected")

    def complaints(self):
        """
        :return: the warnings and errors that the listener logged, as readable lines.
        """
        return complaints(self.listener.read())

    def hang_up_all(self):
        """End all calls, so that the next test begins with nobody talking."""

        def is_quiet():
            """Ask again for what a click began meanwhile."""
            self.asterisk.console("channel request hangup all")
            return self.asterisk.channels() == 0

        wait_for(is_quiet, what="all calls to end")
        wait_for(
            lambda: (
                not self.admin.search_count(
                    "telephony.call",
                    [("state", "!=", "ended"), ("pbx_id", "=", self.pbx)],
                )
            ),
            what="the log to hold no open call",
        )
        for line in self._telephones.by_number.values():
            line.policy = "ring"
            while not line.arrivals.empty():
                line.arrivals.get_nowait()

    def calls(self, number, *fields):
        """
        :param number: of the other party, E.164.
        :param fields: names of fields of ``telephony.call``.
        :return: the calls with that number, as dictionaries of ``id`` and the fields.
        """
        return self.admin.search_read(
            "telephony.call", [("number", "=", number)], list(fields), order="id"
        )

    def wait_for_call(self, number, **expected):
        """Wait until the call with a number has certain values.

        :param number: of the other party, E.164; there may be one call with it only.
        :param expected: values by field.
        :return: the call's ``id`` and those fields.
        """
        seen = []

        def reached():
            seen[:] = self.calls(number, *expected)
            assert len(seen) < 2, f"one call was made, there are {seen}"
            (call,) = seen or [{}]
            return call if expected.items() <= call.items() else None

        return wait_for(reached, what=lambda: f"{expected}; there are {seen}")


def _create_agents(admin):
    for login in AGENTS:
        create_agent(admin, login)


def create_agent(admin, login):
    """Create a user of telephony and sales, whose password is the login.

    :return: the user's id.
    """
    groups = [
        admin.call("ir.model.data", "check_object_reference", *xmlid)[1]
        for xmlid in (
            ("telephony_connector", "group_telephony_user"),
            ("sales_team", "group_sale_salesman"),
        )
    ]
    return admin.create(
        "res.users",
        name=f"{login.capitalize()} Test",
        login=login,
        password=login,
        group_ids=[(6, 0, groups)],
        **NO_CHAT,
    )


@contextmanager
def running_stack(postgres, template):
    """
    :param template: the :class:`Odoo` whose database has the addon; it is copied.
    :return: a context with a running :class:`Stack`; all of it is stopped after it.
    """
    with ExitStack() as stack:
        odoo = Odoo(postgres, DATABASE)
        odoo.copy(template)
        stack.callback(postgres.drop, DATABASE)
        asterisk, telephones, background = start_with_telephones(stack, DATABASE)
        server = odoo.start()
        stack.callback(server.stop)
        running = Stack(odoo, server, asterisk, background, telephones)
        stack.callback(lambda: running.server.stop())
        running.pbx = create_pbx(running.admin, asterisk.host, asterisk.port)
        create_extensions(running.admin, running.pbx, AGENTS)
        running.start_listener()
        stack.callback(lambda: running.listener.stop())
        yield running


@contextmanager
def listening_odoo(postgres, template, name):
    """A context with an :class:`~tools.stack.odoo.Odoo` that runs and listens
    itself, by its scheduled actions.

    :param template: the ``Odoo`` whose database is copied.
    :param name: of the copy.
    """
    odoo = Odoo(postgres, name, max_cron_threads=1)
    odoo.copy(template)
    try:
        server = odoo.start()
        yield odoo
        server.stop()
    finally:
        postgres.drop(odoo.database)
