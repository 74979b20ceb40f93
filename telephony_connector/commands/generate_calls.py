"""Invented calls for demos and benchmarks, many at once."""

import random
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL

from ..odoo_compat import Registry

BATCH_SIZE = 5000
QUEUES = ("sales", "support", None, None)
# Numbers that the French regulator keeps for films and tests.
OUTSIDE = "+3363998{:04}"
DIDS = ("+33199000100", "+33199000101")
OUTCOMES = {
    "inbound": (("answered", "missed", "busy", "declined"), (70, 24, 3, 3)),
    "outbound": (("answered", "cancelled", "busy", "failed"), (65, 25, 7, 3)),
    "internal": (("answered", "missed"), (85, 15)),
}
COLUMNS = (
    "pbx_id",
    "company_id",
    "uniqueid",
    "direction",
    "state",
    "outcome",
    "number",
    "dialed_number",
    "queue",
    "start_date",
    "answer_date",
    "end_date",
    "duration",
    "ring_duration",
    "extension_id",
    "user_id",
    "handled_by_id",
    "is_missed",
    "to_call_back",
    "is_called_back",
    "voicemail",
    "voicemail_duration",
    "is_registered",
    "withheld",
    "partner_id",
    "res_model",
    "res_id",
    "create_uid",
    "create_date",
)
# How many of the contacts call, and how often it is one of them.
MAX_CALLERS = 500
KNOWN_SHARE = 0.5
# How often somebody who was not answered leaves a message.
MESSAGE_SHARE = 0.2
RUN_ID = "generated-%Y%m%d%H%M%S"


def generate_calls(dbname, out, count=1000, days=90, seed=None):
    """Invent ended calls of the last days on the first telephone system.

    They are inserted by SQL, past the door: nobody is notified, and 100 000 of them
    take seconds. Who was missed in the last two days is followed up as after real
    calls.

    :param str dbname: database
    :param out: text stream for what was done
    :param int count: how many
    :param int days: over how many days up to now, most of them at working hours
    :param seed: the same seed gives the same calls
    :raise SystemExit: where there is no telephone system
    """
    dice = random.Random(seed)
    with Registry(dbname).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        pbx = env["telephony.pbx"].search([], limit=1)
        if not pbx:
            raise SystemExit("No telephone system is set up yet.")
        extensions = pbx.extension_ids.filtered("user_id")
        callers = env["telephony.number"].search(
            [("res_model", "=", "res.partner")], limit=MAX_CALLERS
        )
        callers = [(row.number, row.res_id) for row in callers]
        run = fields.Datetime.now().strftime(RUN_ID)
        made = 0
        while made < count:
            size = min(BATCH_SIZE, count - made)
            _insert(
                env,
                [
                    _invent(
                        dice, pbx, extensions, callers, days, f"{run}-{made + index}"
                    )
                    for index in range(size)
                ],
            )
            made += size
            # Each lot by itself: a cut run leaves whole calls. No request waits here.
            cr.commit()  # pylint: disable=invalid-commit
        _analyze(env)
        # Whether there are calls at all is cached.
        env.registry.clear_cache()
        env.registry.signal_changes()
        out.write(f"{made} calls were invented on {pbx.name}\n")


def _invent(dice, pbx, extensions, callers, days, uniqueid):
    """Return the values of one call, in the order of ``COLUMNS``."""
    [direction] = dice.choices(tuple(OUTCOMES), (60, 32, 8))
    [outcome] = dice.choices(*OUTCOMES[direction])
    answered = outcome == "answered"
    start = _invent_start(dice, days)
    ring = min(90, max(1, int(dice.expovariate(1 / 11))))
    talk = int(dice.expovariate(1 / 190)) if answered else 0
    answer = start + timedelta(seconds=ring)
    withheld = direction == "inbound" and dice.random() < 0.03
    has_message = (
        direction == "inbound" and outcome == "missed" and dice.random() < MESSAGE_SHARE
    )
    missed = direction == "inbound" and not answered
    called_back = missed and dice.random() < 0.6
    number, partner_id = _invent_caller(dice, callers)
    if withheld or direction == "internal":
        partner_id = None
    if direction == "internal":
        number = dice.choice(extensions).number if extensions else "1001"
    queue = dice.choice(QUEUES) if direction == "inbound" else None
    extension = dice.choice(extensions) if extensions else extensions
    handler = extension.user_id if answered or direction == "outbound" else None
    now = fields.Datetime.now()
    return (
        pbx.id,
        pbx.company_id.id,
        uniqueid,
        direction,
        "ended",
        outcome,
        None if withheld else number,
        dice.choice(DIDS) if direction == "inbound" else number,
        queue,
        start,
        answer if answered else None,
        answer + timedelta(seconds=talk),
        talk,
        ring,
        extension.id or None,
        extension.user_id.id or None,
        handler.id if handler else None,
        missed,
        missed and not called_back,
        called_back,
        has_message,
        dice.randrange(4, 60) if has_message else None,
        answered and dice.random() < 0.5,
        withheld,
        partner_id,
        "res.partner" if partner_id else None,
        partner_id,
        SUPERUSER_ID,
        now,
    )


def _invent_caller(dice, callers):
    """Return a number and the id of the contact who has it, if one has."""
    # Many calls of few: who tried several times is one caller.
    place = dice.random() ** 2
    if callers and dice.random() < KNOWN_SHARE:
        return callers[int(len(callers) * place)]
    return OUTSIDE.format(int(10_000 * place)), None


def _invent_start(dice, days):
    """Return when a call came in: at nine to six, on few weekends."""
    now = fields.Datetime.now()
    while True:
        day = now.replace(hour=0, minute=0, second=0) - timedelta(
            days=dice.randrange(days)
        )
        hours = min(20.0, max(6.0, dice.gauss(13, 2.6)))
        start = (day + timedelta(hours=hours)).replace(microsecond=0)
        if day.weekday() > 4 and dice.random() > 0.1:
            continue
        # Early in the morning, today has none yet.
        if start < now - timedelta(hours=1) or days == 1:
            return min(start, now - timedelta(hours=1))


def _insert(env, rows):
    """Insert the calls, and tie each to the user who handled it."""
    columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
    env.execute_query(
        SQL(
            """
            WITH made AS (
                INSERT INTO telephony_call (%s) VALUES %s RETURNING id, user_id
            )
            INSERT INTO telephony_call_user_rel (telephony_call_id, res_users_id)
            SELECT id, user_id FROM made WHERE user_id IS NOT NULL
            RETURNING telephony_call_id
            """,
            columns,
            SQL(", ").join(rows),
        )
    )


def _analyze(env):
    """Have the planner know of the new rows at once."""
    env.cr.execute("ANALYZE telephony_call, telephony_call_user_rel")
