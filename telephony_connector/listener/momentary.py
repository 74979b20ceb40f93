"""Looking at a telephone system for a moment, for an administrator who waits.

The connection that lasts is the listener's.
"""

import asyncio

from ..ami.session import Session
from .check import Check
from .discover import discover


def check_now(settings):
    """Look at a telephone system and return what is right and what is wrong.

    :param settings: the `PbxSettings`
    :return: list of `check.Finding`
    """

    async def check():
        return [finding async for finding in Check(settings).run()]

    return asyncio.run(check())


def discover_now(settings):
    """Ask a telephone system what it has.

    :param settings: the `PbxSettings`
    :rtype: discover.Found
    :raise TelephonyError: where it can't be reached or refuses
    """

    async def ask():
        session = Session(settings, lambda event: None)
        try:
            await session.open()
            return await discover(session, settings.context)
        finally:
            await session.close()

    return asyncio.run(ask())
