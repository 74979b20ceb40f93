"""Looking at the connections to telephone systems from a terminal."""

import asyncio

from ..listener.bridge import Bridge
from ..listener.check import Check

MARKS = {True: "ok  ", False: "FAIL", None: "?   "}


def check(dbname, out):
    """Check every telephone system of a database and say what is wrong.

    :param str dbname: the database
    :param out: the stream to write to
    :return: whether nothing failed
    :rtype: bool
    """

    async def check_all():
        failed = False
        for settings in Bridge(dbname).load_settings():
            out.write(f"{settings.name}\n")
            async for finding in Check(settings).run():
                out.write(f"  {MARKS[finding.ok]} {finding.text}\n")
                failed = failed or finding.ok is False
        return not failed

    return asyncio.run(check_all())
