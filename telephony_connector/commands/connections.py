"""Looking at the connections to telephone systems from a terminal."""

import asyncio

from ..listener.bridge import Bridge
from ..listener.check import Check, Finding

MARKS = {True: "ok  ", False: "FAIL", None: "?   "}


def check(dbname, out):
    """Check every telephone system of a database and say what is wrong: tried now, and
    as the listener that leads it met it.

    :param str dbname: the database
    :param out: the stream to write to
    :return: whether nothing failed
    :rtype: bool
    """

    async def check_all():
        failed = False
        bridge = Bridge(dbname)
        for settings in bridge.load_settings():
            out.write(f"{settings.name}\n")
            findings = [finding async for finding in Check(settings).run()]
            findings += [
                Finding(False, text) for text in bridge.load_health(settings.id)
            ] or [Finding(True, "the listener is connected and met no problem")]
            for finding in findings:
                out.write(f"  {MARKS[finding.ok]} {finding.text}\n")
                failed = failed or finding.ok is False
        return not failed

    return asyncio.run(check_all())
