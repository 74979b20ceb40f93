"""What web workers tell the listener, through PostgreSQL's LISTEN and NOTIFY."""

import asyncio
import json
import logging

import psycopg2

from .election import connect

_logger = logging.getLogger(__name__)

CHANNEL = "telephony"
RETRY_AFTER = 1.0


class Notifications:
    """Hears a database's notifications on a connection of its own.

    :param dsn: callable that returns keywords for psycopg2
    :param on_message: called with each message, a dict
    :param on_connect: called whenever hearing begins (again): what was reported before
        is unknown then and must be looked up
    """

    def __init__(self, dsn, on_message, on_connect):
        self._dsn = dsn
        self._on_message = on_message
        self._on_connect = on_connect

    async def run(self):
        """Hear until cancelled; come back by itself where the connection is cut."""
        while True:
            try:
                await self._receive()
            except (psycopg2.Error, OSError) as error:
                _logger.debug("notifications: %s", str(error).strip())
            except Exception:
                _logger.exception("notifications: the listener goes on")
            await asyncio.sleep(RETRY_AFTER)

    async def _receive(self):
        connection = await asyncio.to_thread(self._connect)
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        # A connection that broke does not tell its number any more, and the next one
        # gets the same: it would not be heard if the loop still knew the old one.
        number = connection.fileno()
        loop.add_reader(number, readable.set)
        try:
            self._on_connect()
            while True:
                await readable.wait()
                readable.clear()
                connection.poll()
                while connection.notifies:
                    self._deliver(connection.notifies.pop(0).payload)
        finally:
            loop.remove_reader(number)
            connection.close()

    def _connect(self):
        connection = connect(self._dsn())
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        return connection

    def _deliver(self, payload):
        try:
            message = json.loads(payload)
        except ValueError:
            _logger.debug("notifications: not understood, skipped")
            return
        if isinstance(message, dict):
            self._on_message(message)
