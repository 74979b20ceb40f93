"""The only place where the listener and the ORM meet.

Every method is one short transaction in the listener's own thread for it. What can be
tried again is: changes are idempotent, so a transaction that was cut is repeated.
"""

import logging
import time
from contextlib import contextmanager

import psycopg2
from psycopg2 import errors

from odoo import SUPERUSER_ID, api

from ..odoo_compat import (
    ConnectionPool,
    Cursor,
    PoolError,
    Registry,
    connection_info_for,
    db_connect,
)
from .election import KEEPALIVES
from .settings import ClickSettings, PbxSettings

_logger = logging.getLogger(__name__)

MODULE = "telephony_connector"
# What goes well when it is done again.
RETRY = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.UniqueViolation,
    psycopg2.InterfaceError,
    PoolError,
)
# The tables are being changed by an upgrade in another process, and the registry here
# will know of it soon.
UPGRADE = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.FeatureNotSupported,  # a cached plan whose result would be another type
)
MAX_TRIES = 5
# Milliseconds that a transaction waits for a lock: an upgrade may hold tables for
# minutes, and a listener that waits for them could not be stopped.
LOCK_TIMEOUT = 5000


class ModuleGone(Exception):
    """The addon is not in the database, or there is none: the listener must end."""


class Unavailable(Exception):
    """The database can't be had now. Nothing was written; try again later."""


class QuietCursor(Cursor):
    """A cursor that leaves errors to who catches them.

    Odoo's own logs each as an error, even one that a second try mends.
    """

    def execute(self, query, params=None, log_exceptions=False):
        """See Odoo's cursor."""
        return super().execute(query, params, log_exceptions)


class Bridge:
    """Short transactions for the listener of one database.

    :param str dbname: the database
    """

    def __init__(self, dbname):
        self.dbname = dbname
        # Not Odoo's own pool: a cron worker of the same process that serves several
        # databases closes the connections there, under the feet of this thread.
        self._pool = ConnectionPool()

    @property
    def dsn(self):
        """How the database is reached outside Odoo's pool: keywords of psycopg2."""
        _name, info = connection_info_for(self.dbname)
        return info

    # === WHAT THE LISTENER ASKS === #

    def load_settings(self):
        """Return the telephone systems to listen to, as a list of `PbxSettings`.

        :raise ModuleGone: where the addon is not installed (any more)
        :raise Unavailable: where the database can't be had now
        """
        return self._run(self._load_settings)

    def load_health(self, pbx_id):
        """Return what the listener that leads a telephone system says is wrong.

        :return: texts for an administrator; that nobody leads it is one, too
        :rtype: list[str]
        """

        def describe(env):
            pbx = env["telephony.pbx"].browse(pbx_id)
            return env["telephony.listener"]._describe_health(pbx)

        return self._run(describe)

    def find_off(self):
        """Return the telephone systems that are off here: names and why.

        :rtype: list[tuple[str, str]]
        """

        def find(env):
            pbxs = env["telephony.pbx"].search([])
            return [(pbx.name, pbx.off_reason) for pbx in pbxs if pbx.off_reason]

        return self._run(find)

    def check(self):
        """Make sure that the addon is still installed.

        :raise ModuleGone: where it is not
        :raise Unavailable: where the database can't be had now
        """
        self._run(lambda env: None)

    def begin_term(self, pbx_id, goes_on=False):
        """Begin a leader's time: end what the last one left half done.

        :param bool goes_on: whether this leader led before and had only lost its
            connection to the database: what is half done is its own
        :return: the term, a number that only grows
        """

        def begin(env):
            if not goes_on:
                env["telephony.command"]._abandon_sent(pbx_id)
            env.cr.execute("SELECT nextval('telephony_term_seq')")
            return env.cr.fetchone()[0]

        return self._run(begin)

    def apply(self, changes):
        """Take calls into the log: see ``telephony.call._apply``.

        :return: the ids of those that changed, for ``notify_watchers``
        """

        def write(env):
            calls = env["telephony.call"].with_context(telephony_notify_later=True)
            return calls._apply(changes).ids

        return self._run(write)

    def notify_watchers(self, pbx_id, call_ids):
        """Tell who watches the telephone system which calls changed."""
        self._run(lambda env: env["telephony.call"].browse(call_ids)._notify_watchers())

    def add_queues(self, pbx_id, names):
        """Take up the queues that the telephone system has."""
        self._run(lambda env: env["telephony.queue"]._add_missing(pbx_id, names))

    def open_calls(self, pbx_id):
        """Return the unique ids of the calls that the log holds as not ended.

        Without those that wait for the PBX to place them: it can't know them yet; and
        without those that others than the listener tell of.
        """

        def find(env):
            ordered = env["telephony.command"].search(
                [
                    ("pbx_id", "=", pbx_id),
                    ("action", "=", "dial"),
                    ("state", "in", ("pending", "sent")),
                ]
            )
            domain = [("pbx_id", "=", pbx_id), ("state", "!=", "ended")]
            calls = env["telephony.call"].search(domain)._filtered_listened()
            return (calls - ordered.call_id).mapped("uniqueid")

        return self._run(find)

    def set_connection(self, pbx_id, state, message=None, version=None, actions=None):
        """Show the state of the connection on the telephone system's form."""

        def write(env):
            pbx = env["telephony.pbx"].browse(pbx_id).exists()
            pbx._set_connection(state, message, version, actions)

        self._run(write)

    def set_statistics(self, pbx_id, statistics):
        """Show how the connection does on the telephone system's form."""

        def write(env):
            pbx = env["telephony.pbx"].browse(pbx_id).exists()
            pbx._set_statistics(statistics)

        self._run(write)

    def set_problems(self, pbx_id, problems):
        """Show what is wrong with the connection on the telephone system's form.

        :param list problems: as of ``engine.problems.Problems.take``
        """

        def write(env):
            pbx = env["telephony.pbx"].browse(pbx_id).exists()
            if pbx:
                env["telephony.pbx.problem"]._replace(pbx, problems)

        self._run(write)

    def set_presence(self, pbx_id, presences):
        """Write what the extensions' phones are doing."""
        self._run(
            lambda env: env["telephony.extension"]._set_presence(pbx_id, presences)
        )

    def claim_commands(self, pbx_id):
        """Take up what web workers ask of the PBX: each command once, ever."""
        return self._run(lambda env: env["telephony.command"]._claim(pbx_id))

    def finish_command(self, command_id, state, code=None, answer=None):
        """Write what came of a command, and notify its user."""

        def finish(env):
            command = env["telephony.command"].browse(command_id).exists()
            command._finish(state, code, answer)

        self._run(finish)

    # === HOW === #

    def _load_settings(self, env):
        pbxs = env["telephony.pbx"].search([("has_listener", "=", True)])
        return [
            PbxSettings.from_record(
                pbx,
                id=pbx.id,
                secret=pbx._get_secret("secret"),
                wrap_up=float(pbx.company_id.telephony_wrap_up),
                devices=tuple(
                    (device, extension.number)
                    for extension in pbx.extension_ids
                    for device in extension._get_devices()
                ),
                clicks=tuple(
                    ClickSettings(
                        extension=extension.number,
                        device=extension._get_click_device(),
                        has_caller_id=bool(extension.caller_id or pbx.caller_id),
                        has_header=bool(extension._get_auto_answer()),
                    )
                    for extension in pbx.extension_ids
                ),
            )
            for pbx in pbxs._filtered_at_home()
        ]

    def _run(self, function):
        """Run a function of the environment in a transaction, again where that helps.

        :raise ModuleGone: where the addon is not installed (any more)
        :raise Unavailable: where the database can't be had now
        """
        for attempt in range(1, MAX_TRIES + 1):
            try:
                with self._environment() as env:
                    return function(env)
            except RETRY as error:
                last = error
                _logger.debug("tried again: %s", _first_line(error))
            except UPGRADE as error:
                raise Unavailable(_first_line(error)) from error
            except psycopg2.DatabaseError as error:
                # What a server that went in the middle leaves has no class of its own.
                is_gone = type(error) is psycopg2.DatabaseError
                if not is_gone and not isinstance(error, psycopg2.OperationalError):
                    raise
                if self._is_dropped():
                    raise ModuleGone(self.dbname) from error
                raise Unavailable(_first_line(error)) from error
            time.sleep(0.01 * attempt)
        raise Unavailable(_first_line(last)) from last

    def _is_dropped(self):
        """Say whether the server is there and the database is not."""
        try:
            with db_connect("postgres").cursor() as cr:
                cr.execute("SELECT FROM pg_database WHERE datname = %s", [self.dbname])
                return not cr.rowcount
        except (psycopg2.Error, PoolError):
            return False

    def _cursor(self):
        """Open a cursor on a connection that nobody else closes."""
        return QuietCursor(self._pool, self.dbname, {**self.dsn, **KEEPALIVES})

    @contextmanager
    def _environment(self):
        """Yield an environment of a fresh registry where the addon is installed."""
        with self._cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
            cr.execute("SELECT state FROM ir_module_module WHERE name = %s", [MODULE])
            [state] = cr.fetchone() or [None]
            if state == "to upgrade":
                raise Unavailable("the addon is being upgraded")
            if state != "installed":
                raise ModuleGone(self.dbname)
            registry = Registry(self.dbname).check_signaling(cr)
            if "telephony.call" not in registry:
                raise Unavailable("the registry is being loaded")
            try:
                yield api.Environment(cr, SUPERUSER_ID, {})
            except BaseException:
                registry.reset_changes()
                raise
            registry.signal_changes()


def _first_line(error):
    """Return what a database error says, without the query that it quotes."""
    return str(error).strip().partition("\n")[0]
