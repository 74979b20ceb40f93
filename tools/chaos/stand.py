"""The stack that is broken: every part can be stopped, killed and started again."""

import contextlib
import os
import re
import signal
import time

import psycopg2

from tools.stack.asterisk import MANAGER, Asterisk, Telephones
from tools.stack.background import Background
from tools.stack.demo_data import create_extensions, create_pbx
from tools.stack.odoo import Odoo
from tools.stack.rpc import OdooClient, RpcError

from .proxy import Proxy

DATABASE = "chaos"
LEADER_LOCK = 1952804976
RING_SECONDS = 300
AGENTS = {"agent": "1001", "clicker": "1002"}
"""Users by login: one is called, the other clicks."""
MODES = {
    "processes": {},
    "threaded": {"max_cron_threads": 2},
    "prefork": {"max_cron_threads": 2, "workers": 2},
}
"""How Odoo runs: two ``odoo telephony listen`` beside it, or a thread of its own."""


class TooLate(AssertionError):
    """What was waited for did not happen within the time that it is given."""


class Stand:
    """One mode's stack.

    :param postgres: a :class:`~tools.stack.postgres.Postgres` of its own.
    :param template: an :class:`Odoo` whose database has the addon; it is copied.
    :param mode: one of ``MODES``.
    """

    def __init__(self, postgres, template, mode):
        self.postgres, self.template, self.mode = postgres, template, mode
        self._stack = contextlib.ExitStack()
        self.odoo = Odoo(postgres, DATABASE, **MODES[mode])
        self.odoo.copy(template)
        postgres.checkpoint()
        self.listeners = []
        self.server = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exc_info):
        self._stack.close()

    def _start(self):
        later = self._stack.callback
        later(self.postgres.drop, DATABASE)
        self.asterisk = Asterisk(DATABASE)
        later(self.asterisk.stop)
        self.start_asterisk()
        self.background = Background()
        later(self.background.close)
        self.proxy = Proxy(self.background, self.asterisk.port)
        later(self.proxy.close)
        self.phones = Telephones(self.asterisk)
        self.background.run(self.phones.start())
        later(lambda: self.background.run(self.phones.stop()))
        later(self.stop_odoo)
        self.start_odoo()
        self.pbx = create_pbx(self.admin, "127.0.0.1", self.proxy.port)
        for login in AGENTS:
            self._create_agent(login)
        create_extensions(self.admin, self.pbx, AGENTS)
        self.clicker = OdooClient(self.odoo.url, DATABASE, "clicker")
        self.hurry_cron()
        self.until_connected(120)

    def _create_agent(self, login):
        group = self.admin.call(
            "ir.model.data",
            "check_object_reference",
            "telephony_connector",
            "group_telephony_user",
        )[1]
        self.admin.create(
            "res.users",
            name=login,
            login=login,
            password=login,
            group_ids=[(6, 0, [group])],
        )

    # -- parts --

    def start_asterisk(self):
        """Start Asterisk, whose phones ring for long."""
        self.asterisk.start()
        self.asterisk.console(f"dialplan set global RING_SECONDS {RING_SECONDS}")

    def set_permissions(self, names):
        """Change what Odoo's account may have Asterisk do, as an administrator does.

        :param names: classes of permissions, with commas between.
        :return: those that it had.
        """
        path = self.asterisk.directory / "etc" / "manager.conf"
        before, account, after = path.read_text().partition(f"[{MANAGER['username']}]")
        [known] = re.findall("^write = (.*)$", after, re.M)[:1]
        after = after.replace(f"write = {known}", f"write = {names}", 1)
        path.write_text(before + account + after)
        self.asterisk.console("manager reload")
        return known

    def start_odoo(self):
        """Start the server and, if they are processes of their own, the listeners."""
        self.server = self.odoo.start()
        self.admin = OdooClient(self.odoo.url, DATABASE, "admin")
        self.clicker = None
        self.mend()

    def stop_odoo(self):
        """Stop the server and the listeners."""
        for process in (*self.listeners, *([self.server] if self.server else [])):
            process.stop()
        self.listeners = []

    def mend(self):
        """Start again what does not run."""
        self.mend_server()
        if self.mode != "processes":
            return
        self.listeners = [each for each in self.listeners if each.is_running]
        while len(self.listeners) < 2:
            used = {each.log.name for each in self.listeners}
            name = next(n for n in ("one", "two") if f"{DATABASE}-{n}.log" not in used)
            process = self.odoo.start_listener(name)
            process.wait_for_log("listening")
            self.listeners.append(process)

    def mend_server(self):
        """Start the server again if it ended, as a service manager does.

        Odoo ends itself where PostgreSQL is away while it starts a worker.
        """
        if not self.server.is_running:
            self.server.stop()  # its children, which may have outlived it
            self.server = self.odoo.start()

    @contextlib.contextmanager
    def locked(self, *tables):
        """A context in which nobody else can read or write some tables."""
        with (
            contextlib.closing(
                psycopg2.connect(
                    host=self.postgres.socket_dir, user="postgres", dbname=DATABASE
                )
            ) as connection,
            connection.cursor() as cursor,
        ):

            def lock():
                try:
                    cursor.execute(
                        f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"
                    )
                except psycopg2.errors.DeadlockDetected:
                    # Somebody has the second table and waits for the first.
                    connection.rollback()
                    return False
                return True

            self.until("the tables to be locked", lock, 20)
            yield

    @contextlib.contextmanager
    def serving(self, *others):
        """A context in which the server has several databases."""
        names = [DATABASE, *(other.database for other in others)]
        plain = self.odoo
        self.server.stop()
        self.odoo = Odoo(
            self.postgres,
            DATABASE,
            **MODES[self.mode],
            db_name=",".join(names),
            dbfilter=f"^({'|'.join(names)})$",
        )
        self._connect_anew()
        try:
            yield
        finally:
            self.server.stop()
            self.odoo = plain
            self.odoo.write_config()
            self._connect_anew()

    def _connect_anew(self):
        _state, count = self.connection()
        self.server = self.odoo.start()
        self.admin = OdooClient(self.odoo.url, DATABASE, "admin")
        self.clicker = OdooClient(self.odoo.url, DATABASE, "clicker")
        self.hurry_cron()
        self.until_connected(120, after=count)

    def uninstall(self):
        """Uninstall the addon, by the server, as an administrator does."""
        domain = [("name", "=", "telephony_connector")]
        found = self.admin.one("ir.module.module", domain)

        def uninstalled():
            try:
                self.admin.call(
                    "ir.module.module", "button_immediate_uninstall", [found["id"]]
                )
            except RpcError as error:  # not while a scheduled action runs
                if "UserError" in str(error):
                    return False
                raise
            return True

        self.until("the addon to be uninstalled", uninstalled, 120)

    def reconnect_web_client(self):
        """Do what open web clients do when the server is there again."""
        self.clicker.call("telephony.client", "get_phone_state")

    def until_quiet(self):
        """Wait until all is connected and nobody talks, for the next scenario."""
        if self.leader() is None:
            self.hurry_cron()
        self.until_connected(120)

    def hurry_cron(self):
        """Have the scheduled action run now instead of within the minute."""
        if self.mode != "processes":
            self.sql(
                """
                UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'utc'
                 WHERE ir_actions_server_id IN (
                    SELECT id FROM ir_act_server
                     WHERE code = 'model._cron_listen()')
                RETURNING id
                """
            )
            self.postgres.query(f"SELECT pg_notify('cron_trigger', '{DATABASE}')")

    def kill(self, pid, sig=signal.SIGKILL):
        """Send a signal to one process of the stack."""
        os.kill(pid, sig)

    # -- what can be seen --

    def sql(self, query, parameters=()):
        """
        :return: the rows that a query of Odoo's database gives.
        """
        return self.postgres.query(query, parameters, database=DATABASE)

    def leader(self):
        """
        :return: the process id of the listener that leads, ``None`` if nobody does.
        """
        rows = self.sql(
            """
            SELECT a.application_name
              FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s
               AND l.objid = %s AND a.datname = current_database()
            """,
            (LEADER_LOCK, self.pbx),
        )
        return int(rows[0][0].rpartition("-")[2]) if rows else None

    def connection(self, pbx=None):
        """
        :return: the state of the connection that Odoo shows, and how many there were.
        """
        [row] = self.sql(
            "SELECT connection_state, COALESCE(reconnect_count, 0)"
            " FROM telephony_pbx WHERE id = %s",
            (pbx or self.pbx,),
        )
        return row

    def problems(self):
        """
        :return: the names of what the form says is wrong, in order.
        """
        rows = self.sql(
            "SELECT name FROM telephony_pbx_problem WHERE pbx_id = %s ORDER BY name",
            (self.pbx,),
        )
        return [name for [name] in rows]

    def message(self):
        """
        :return: what the form says of the connection, empty where all is well.
        """
        [[text]] = self.sql(
            "SELECT COALESCE(connection_reason::text, '')"
            " FROM telephony_pbx WHERE id = %s",
            (self.pbx,),
        )
        return text

    def until(self, what, condition, seconds):
        """Wait until something is so.

        :param what: for the message.
        :return: the seconds that it took.
        :raise TooLate: it took longer than ``seconds``.
        """
        began = time.monotonic()
        while True:
            with contextlib.suppress(psycopg2.Error, ValueError):
                if condition():
                    return time.monotonic() - began
            if time.monotonic() - began > seconds:
                raise TooLate(f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def until_connected(self, seconds=60, after=-1):
        """Wait until a listener leads and is connected with Asterisk.

        :param after: the count of connections there were before.
        :return: the seconds that it took.
        """

        def connected():
            self.mend_server()
            state, count = self.connection()
            return state == "connected" and count > after and self.leader()

        return self.until("the connection", connected, seconds)
