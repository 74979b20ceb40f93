"""Looking at the connections to telephone systems from a terminal."""

import asyncio

from odoo import SUPERUSER_ID, api

from ..engine.texts import in_english, text
from ..listener.bridge import Bridge
from ..listener.check import Check, Finding
from ..odoo_compat import Registry

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
        for name, reason in bridge.find_off():
            out.write(f"{name}\n  {MARKS[False]} off: {reason}\n")
            failed = True
        for settings in bridge.load_settings():
            out.write(f"{settings.name}\n")
            findings = [finding async for finding in Check(settings).run()]
            findings += [
                Finding(False, text) for text in bridge.load_health(settings.id)
            ] or [Finding(True, text("check_listener"))]
            for finding in findings:
                out.write(f"  {MARKS[finding.ok]} {in_english(finding.text)}\n")
                failed = failed or finding.ok is False
        return not failed

    return asyncio.run(check_all())


def take_over(dbname, out):
    """Have Odoo use all telephone systems from this database on: see ``home``.

    :param str dbname: the database
    :param out: the stream to write the names of those to that were off
    """
    with Registry(dbname).cursor() as cr:
        take_over_in(api.Environment(cr, SUPERUSER_ID, {}), out)


def take_over_in(env, out):
    """As `take_over`, in an environment."""
    pbxs = env["telephony.pbx"].with_context(active_test=False).search([])
    off = pbxs.filtered("off_reason")
    for pbx in off:
        out.write(f"{pbx.name}\n")
    if not off:
        out.write("Nothing to take over: no telephone system is off here.\n")
    off.action_take_over()
