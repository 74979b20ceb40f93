"""Who leads a telephone system: one session-level advisory lock a PBX.

The lock lives and dies with its connection, so that a leader that is killed is followed
at once, and it is held outside any transaction, so that nothing is kept from vacuum.
"""

import logging
import threading

import psycopg2

_logger = logging.getLogger(__name__)

# First half of the locks' keys, the addon's own; the second is the PBX's id.
LEADER_LOCK = 1952804976

# Seconds: a silent peer is given up after idle + interval * count, one that owes an
# answer after the last one (which is in ms).
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "connect_timeout": 5,
    "tcp_user_timeout": 15000,
}


def connect(dsn):
    """Open a connection of our own to a database, outside Odoo's pool.

    :param dict dsn: as of ``odoo.sql_db.connection_info_for``
    :return: a connection in autocommit
    :raise psycopg2.OperationalError: where the server is not to be had
    """
    connection = psycopg2.connect(**{**dsn, **KEEPALIVES})
    connection.autocommit = True
    return connection


def is_led(cursor, pbx_id):
    """Say whether a listener leads a PBX right now.

    Asked of PostgreSQL's lock table, so that a listener that was killed counts as gone
    the moment it is.

    :param cursor: of any connection to the database
    :param int pbx_id: the PBX
    :rtype: bool
    """
    cursor.execute(
        """
        SELECT EXISTS (
            SELECT FROM pg_locks
             WHERE locktype = 'advisory' AND granted
               AND classid = %s AND objid = %s AND objsubid = 2
               AND database = (SELECT oid FROM pg_database
                                WHERE datname = current_database()))
        """,
        (LEADER_LOCK, pbx_id),
    )
    return cursor.fetchone()[0]


class Election:
    """One candidate for the lead of one PBX. Its methods block: call them in a thread.

    :param dict dsn: how the database is reached
    :param int pbx_id: the PBX to lead
    """

    def __init__(self, dsn, pbx_id):
        self._dsn, self._key = dsn, (LEADER_LOCK, pbx_id)
        self._connection = None
        self._guard = threading.Lock()

    def try_to_lead(self):
        """Take the lead if it is free.

        :return: whether this candidate leads now
        :raise psycopg2.Error: where the database is not to be had
        """
        with self._guard:
            if self._connection is None:
                self._connection = connect(self._dsn)
            try:
                return self._query("SELECT pg_try_advisory_lock(%s, %s)")
            except psycopg2.Error:
                self._drop()
                raise

    def still_leads(self):
        """Ask the server whether the lock is still this connection's own."""
        with self._guard:
            if self._connection is None:
                return False
            try:
                return self._query(
                    """
                    SELECT EXISTS (
                        SELECT FROM pg_locks
                         WHERE locktype = 'advisory' AND granted
                           AND classid = %s AND objid = %s AND objsubid = 2
                           AND pid = pg_backend_pid())
                    """
                )
            except psycopg2.Error:
                self._drop()
                return False

    def resign(self):
        """Give up the lead and the connection, whatever state they are in."""
        with self._guard:
            self._drop()

    def _query(self, sql):
        with self._connection.cursor() as cursor:
            cursor.execute(sql, self._key)
            return cursor.fetchone()[0]

    def _drop(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except psycopg2.Error as error:
                _logger.debug("closing the election's connection: %s", error)
