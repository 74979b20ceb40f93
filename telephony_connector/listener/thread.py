"""The listener as a thread of an Odoo server: what a plain install runs on.

A scheduled action calls `ensure_running`; the thread lives on in the process that ran
it (the cron worker, or the threaded server), and dies with it. The next tick of the
scheduled action starts another one elsewhere.
"""

import asyncio
import logging
import os
import threading

from .bridge import Bridge
from .service import Listener

_logger = logging.getLogger(__name__)

_threads = {}
_guard = threading.Lock()


def ensure_running(dbname):
    """Have this process listen to the telephone systems of a database; return at once.

    :param str dbname: the database
    :return: whether a thread was started
    """
    with _guard:
        # Threads do not survive a fork: what the parent knew is not ours.
        key = os.getpid(), dbname
        thread = _threads.get(key)
        if thread and thread.is_alive():
            return False
        thread = threading.Thread(
            target=_listen, args=(dbname,), name=f"telephony-{dbname}", daemon=True
        )
        _threads[key] = thread
        thread.start()
        return True


def _listen(dbname):
    async def run():
        await Listener(Bridge(dbname)).run()

    try:
        asyncio.run(run())
    except Exception:
        _logger.exception("%s: the listener's thread ended", dbname)
