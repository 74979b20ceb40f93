#!/usr/bin/env python3
"""The listener as a whole: from the events on the wire to Odoo's bus.

A process of its own plays a PBX: complete calls, 33 events each, as a real Asterisk
sends them, over a TCP socket, each with its pauses (it rings, they talk). They go
through ``odoo telephony listen`` into a real database and out on the bus, of which
another thread here is told as Odoo's websockets are. Two runs:

* many calls a second for a minute: how many come through, is any lost or told wrong;
* few calls a second: how long from an event on the wire until it is committed.

Both are told by the first message of the bus that shows the call's new state, read back
from the database by another connection: a change counts when others can see it.

Before, the events alone, without a database: their speed, compared with panoramisk's,
and the memory (listener_parse.py).

    bench_listener.py [--rate 80] [--seconds 60] [--json FILE]
"""

import argparse
import contextlib
import json
import os
import pathlib
import select
import statistics
import sys
import threading
import time

import psycopg2

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from bench import listener_parse as parse
from bench.played_pbx import RING, STAGES, TALK, PlayedPbx
from tools.stack.demo_data import create_extensions, create_pbx
from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, LOCAL
from tools.stack.postgres import Postgres
from tools.stack.rpc import OdooClient
from tools.stack.waiting import wait_for

DATABASE = "bench_listener"
RESULT = LOCAL / "bench" / "listener.json"
EXTENSIONS = [str(number) for number in range(1001, 1021)]
CUSTOMERS = 1000
CALLERS = [f"+336{number:08d}" for number in range(2 * CUSTOMERS)]
RANK = {state: rank for rank, state in enumerate(STAGES)}
LAG_RATE, LAG_SECONDS = 20, 30
DRAIN_SECONDS = 60
AT_LEAST = {"ratio": 0.5, "calls_per_s": 60}
AT_MOST = {"rss_growth_mb": 20, "lag_p95_ms": 100, "lost": 0, "wrong": 0}


# -- the other end -------------------------------------------------------------------


class Bus(threading.Thread):
    """Reads what comes out on the bus, as Odoo's websockets do.

    ``seen`` says when a call was first shown in a state or a later one:
    (call id, state) → time.
    """

    def __init__(self, postgres):
        super().__init__(daemon=True)
        self._hears = psycopg2.connect(
            host=postgres.socket_dir, user="postgres", dbname="postgres"
        )
        self._reads = psycopg2.connect(
            host=postgres.socket_dir, user="postgres", dbname=DATABASE
        )
        for connection in (self._hears, self._reads):
            connection.autocommit = True
        with self._hears.cursor() as cursor:
            cursor.execute("LISTEN imbus")
        with self._reads.cursor() as cursor:
            cursor.execute("SELECT COALESCE(MAX(id), 0) FROM bus_bus")
            [self._last] = cursor.fetchone()
        self.seen = {}
        self.is_running = True

    def run(self):
        while self.is_running:
            if select.select([self._hears], [], [], 0.2)[0]:
                self._hears.poll()
                self._hears.notifies.clear()
                self._read()

    def _read(self):
        with self._reads.cursor() as cursor:
            cursor.execute(
                "SELECT id, message FROM bus_bus WHERE id > %s ORDER BY id",
                [self._last],
            )
            rows = cursor.fetchall()
        now = time.time()
        for row_id, text in rows:
            self._last = row_id
            message = json.loads(text)
            if message["type"] == "telephony.call/changed":
                call = message["payload"]
                for state in list(STAGES)[: RANK[call["state"]] + 1]:
                    self.seen.setdefault((call["id"], state), now)


# -- the benchmark -------------------------------------------------------------------


class Bench:
    """A database, a listener and a PBX."""

    def __init__(self, stack):
        self.postgres = Postgres()
        stack.callback(self.postgres.stop)
        self.odoo = Odoo(self.postgres, DATABASE)
        self.odoo.create(ADDONS)
        stack.callback(self.postgres.drop, DATABASE)
        self.odoo.install(ADDONS)
        self.pbx = PlayedPbx(EXTENSIONS, CALLERS)
        stack.callback(self.pbx.stop)
        self._fill(self.pbx.port)
        self.listener = self.odoo.start_listener()
        stack.callback(self.listener.stop)
        self.listener.wait_for_log(": connected")
        self.bus = Bus(self.postgres)
        self.bus.start()
        stack.callback(lambda: setattr(self.bus, "is_running", False))

    def _fill(self, port):
        """Give the database a PBX, extensions with users, and customers."""
        server = self.odoo.start()
        try:
            client = OdooClient(self.odoo.url, DATABASE, "admin")
            pbx = create_pbx(client, "127.0.0.1", port)
            logins = {f"user{number}": number for number in EXTENSIONS}
            client.call(
                "res.users",
                "create",
                [{"name": login, "login": login} for login in logins],
            )
            create_extensions(client, pbx, logins)
            client.call(
                "res.partner",
                "create",
                [
                    {"name": f"Customer {number}", "phone": number}
                    for number in CALLERS[:CUSTOMERS]  # half of the callers
                ],
            )
        finally:
            server.stop()

    def play(self, rate, seconds):
        """
        :return: what was sent, and when the calls' states were seen on the bus.
        """
        sent = self.pbx.play(rate, seconds)
        ended = {uniqueid for uniqueid, state, *_rest in sent if state == "ended"}

        def drained():
            rows = self.query(
                "SELECT COUNT(*) FROM telephony_call WHERE state = 'ended'"
                " AND uniqueid = ANY(%s)",
                [list(ended)],
            )
            return rows[0][0] == len(ended)

        with contextlib.suppress(TimeoutError):  # told as calls that are lost
            wait_for(drained, DRAIN_SECONDS, interval=0.5)
        time.sleep(1)
        ids = dict(self.query("SELECT uniqueid, id FROM telephony_call"))
        seen = {
            (uniqueid, state): self.bus.seen.get((ids.get(uniqueid), state))
            for uniqueid, state, *_rest in sent
        }
        return sent, seen

    def query(self, sql, parameters=()):
        return self.postgres.query(sql, parameters, database=DATABASE)

    def judge(self, sent):
        """
        :return: how many calls are not in the log, and how many are told wrong.
        """
        expected = {uniqueid: (ext, number) for uniqueid, *_, ext, number in sent}
        found = {
            row[0]: row[1:]
            for row in self.query(
                """
                SELECT c.uniqueid, c.state, c.outcome, c.direction, c.incomplete,
                       e.number, c.number, c.duration, c.ring_duration,
                       (SELECT COUNT(*) FROM telephony_call_leg l
                         WHERE l.call_id = c.id AND l.state = 'ended'),
                       (SELECT COUNT(*) FROM telephony_call_user_rel r
                         WHERE r.telephony_call_id = c.id)
                  FROM telephony_call c
                  LEFT JOIN telephony_extension e ON e.id = c.extension_id
                 WHERE c.uniqueid = ANY(%s)
                """,
                [list(expected)],
            )
        }
        wrong = sum(
            not self._is_right(found[uniqueid], *expected[uniqueid])
            for uniqueid in found
        )
        return len(expected) - len(found), wrong

    @staticmethod
    def _is_right(row, extension, number):
        *facts, duration, ring_duration, legs, users = row
        right = ["ended", "answered", "inbound", False, extension, number]
        return (
            [facts[0], facts[1], facts[2], bool(facts[3]), *facts[4:]] == right
            and abs(duration - TALK) <= 1
            and abs(ring_duration - RING) <= 1
            and (legs, users) == (2, 1)
        )


def measure(rate, seconds):
    """
    :return: the figures of both runs.
    """
    with contextlib.ExitStack() as stack:
        bench = Bench(stack)
        bench.play(5, 3)  # warm
        sent, seen = bench.play(LAG_RATE, LAG_SECONDS)
        lags = sorted(
            1000 * (seen[uniqueid, state] - at)
            for uniqueid, state, at, *_rest in sent
            if seen[uniqueid, state]
        )
        figures = {
            "lag_ms": {
                "p50": round(statistics.median(lags), 1),
                "p95": round(lags[int(len(lags) * 0.95)], 1),
            },
            "lag_unseen": sum(moment is None for moment in seen.values()),
        }
        cpu = _cpu_seconds(bench.listener.pid)
        sent, seen = bench.play(rate, seconds)
        figures["calls_offered_per_s"] = rate
        figures["calls_per_s"] = _sustained(sent, seen, seconds)
        figures["cpu_seconds_per_call"] = round(
            (_cpu_seconds(bench.listener.pid) - cpu) / (rate * seconds), 4
        )
        figures["lost"], figures["wrong"] = bench.judge(sent)
        figures["bus_unseen"] = sum(moment is None for moment in seen.values())
        return figures


def _sustained(sent, seen, seconds):
    """Calls whose end was out on the bus, a second, over the minute in which as many
    calls begin as end."""
    began = min(at for _uniqueid, _state, at, *_rest in sent) + RING + TALK
    ends = [
        moment
        for (_uniqueid, state), moment in seen.items()
        if state == "ended" and moment and began <= moment < began + seconds
    ]
    return round(len(ends) / seconds, 1)


def _cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(description="The listener, as a whole")
    parser.add_argument("--rate", type=float, default=80, help="calls a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", type=pathlib.Path, default=RESULT)
    options = parser.parse_args()
    figures = parse.measure()
    figures["load_before"] = os.getloadavg()[0]
    figures |= measure(options.rate, options.seconds)
    measured = {**figures, "lag_p95_ms": figures["lag_ms"]["p95"]}
    figures["ok"] = all(measured[name] >= bar for name, bar in AT_LEAST.items()) and (
        all(measured[name] <= bar for name, bar in AT_MOST.items())
    )
    for name, value in figures.items():
        sys.stdout.write(f"{name:30} {value}\n")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
