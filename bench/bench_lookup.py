#!/usr/bin/env python3
"""How fast a caller is found, and what the number index costs.

Installs Odoo with and without the addon, fills it with generated contacts and leads,
builds the index and measures, all in one run. Times of lookups are in milliseconds.

    make bench-lookup [ROWS=1000000]
    bench_lookup.py [--rows 1000000] [--json FILE]

Needs Odoo and PostgreSQL in .local (``make setup``). A million rows take some minutes
and 3 GB.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.lookup_data import (  # noqa: E402
    LEAD_SHARE,
    NumberPlan,
    build_index,
    count_rows,
    environment,
    fill,
    vacuum,
)
from tools.stack.odoo import Odoo  # noqa: E402
from tools.stack.postgres import Postgres  # noqa: E402

RESULT = ROOT / ".local" / "bench" / "lookup.json"
SMALL_SHARE = 10  # growth is seen between a tenth of the rows and all of them
LOOKUPS = 400
SLOW_LOOKUPS = 8
NEW_PARTNERS, PARTNERS_PER_BATCH, ROUNDS = 10_000, 1_000, 3
PHONE_TABLES = ("res_partner", "crm_lead")
TABLES = (*PHONE_TABLES, "telephony_phone")

INDEX_QUERY = """SELECT id, res_model, res_id, field, number, certain
                   FROM telephony_number WHERE suffix IN (%s) LIMIT 1001"""
KEY_QUERY = """SELECT id, res_model, res_id, field, number, certain
                 FROM telephony_number WHERE id = %s"""
OCA_QUERY = "SELECT id FROM {} WHERE replace(phone, ' ', '') ILIKE %s"
CORE_QUERY = r"""SELECT model.id FROM {} model
                  WHERE model.phone IS NOT NULL AND (
                        REGEXP_REPLACE(model.phone, '[\s\\./\(\)\-]', '', 'g') = %s OR
                        REGEXP_REPLACE(model.phone, '[\s\\./\(\)\-]', '', 'g') = %s)"""

# key → (text, whether the figure is within its bar)
BARS = {
    "match_ms": ("p95 ≤ 2.5 ms", lambda r: r["match_ms"]["p95"] <= 2.5),
    "miss_ms": ("p95 ≤ 0.3 ms", lambda r: r["miss_ms"]["p95"] <= 0.3),
    "sql_ms": (
        "p50 ≤ 1.3 × pk_ms p50",
        lambda r: r["sql_ms"]["p50"] <= 1.3 * r["pk_ms"]["p50"],
    ),
    "oca_ms": (
        "p50 ≥ 500 × sql_ms p50",
        lambda r: r["oca_ms"]["p50"] >= 500 * r["sql_ms"]["p50"],
    ),
    "core_ms": (
        "sql_ms p50 ≤ 1.2 × core_ms p50",
        lambda r: r["sql_ms"]["p50"] <= 1.2 * r["core_ms"]["p50"],
    ),
    "http_lookup_ms": ("p95 ≤ 50 ms", lambda r: r["http_lookup_ms"]["p95"] <= 50),
    "growth": ("≤ 1.15", lambda r: r["growth"] <= 1.15),
    "build_rows_per_s": ("≥ 20000", lambda r: r["build_rows_per_s"] >= 20_000),
    "write_overhead": ("≤ 1.1", lambda r: r["write_overhead"] <= 1.1),
    "index_mb_per_million": ("≤ 230 MB", lambda r: r["index_mb_per_million"] <= 230),
}


def say(text):
    """Print what is being done."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def timed(function, items):
    """Call the function with each item; return the times in ms: median and p95."""
    times = []
    for item in items:
        began = time.perf_counter()
        function(item)
        times.append((time.perf_counter() - began) * 1000)
    return {
        "p50": round(statistics.median(times), 4),
        "p95": round(statistics.quantiles(times, n=20)[-1], 4),
    }


# -- writing ---------------------------------------------------------------------------


class Creator:
    """A process that creates contacts in one database, a batch at a time."""

    def __init__(self, odoo):
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(pathlib.Path(__file__).resolve()),
                "--create-in",
                str(odoo.config),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.create(1)

    def create(self, count):
        """Create so many contacts; return the seconds that took."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def write_overhead(plain, addon):
    """Create contacts in both databases, batch by batch in turn.

    Whatever else the machine does then slows down both alike.

    :return: the ratio of the medians
    """
    creators = Creator(plain), Creator(addon)
    times = {creator: [] for creator in creators}
    for batch in range(ROUNDS * NEW_PARTNERS // PARTNERS_PER_BATCH):
        for creator in creators[:: 1 if batch % 2 else -1]:
            times[creator].append(creator.create(PARTNERS_PER_BATCH))
    for creator in creators:
        creator.close()
    medians = [statistics.median(times[creator]) for creator in creators]
    say(
        f"  {PARTNERS_PER_BATCH} contacts take {medians[0]:.3f} s without the addon, "
        f"{medians[1]:.3f} s with it"
    )
    return round(medians[1] / medians[0], 3)


def create_partners(config):
    """Create as many contacts as each line of the input says; print the seconds."""
    with environment(config) as env:
        country = env.ref("base.fr").id
        partners = env["res.partner"].with_context(tracking_disable=True)
        done = 0
        for line in sys.stdin:
            numbers = range(done, done := done + int(line))
            began = time.perf_counter()
            partners.create(
                [
                    {
                        "name": f"New {number}",
                        "email": f"new{number}@example.com",
                        "phone": f"+33 2 00 {number:06}",
                        "country_id": country,
                    }
                    for number in numbers
                ]
            )
            env.cr.commit()
            env.invalidate_all()
            sys.stdout.write(f"{time.perf_counter() - began}\n")
            sys.stdout.flush()


# -- building and looking up -----------------------------------------------------------


class Lookup:
    """The database with the addon, and what is measured in it."""

    def __init__(self, env, rows):
        self.env = env
        self.rows = rows
        self.plan = NumberPlan(seed=4)
        self.random = random.Random(5)
        self.alone, self.both = [], []
        group = "sales_team.group_sale_salesman"
        user = env["res.users"].create(
            {
                "name": "Bench",
                "login": "bench",
                "group_ids": [
                    (4, env.ref(name).id)
                    for name in (group, "telephony_connector.group_telephony_user")
                ],
            }
        )
        self.pbx = env["telephony.pbx"].create(
            {"name": "Bench", "country_id": env.ref("base.fr").id}
        )
        env["telephony.extension"].create(
            [{"number": str(1000 + n), "pbx_id": self.pbx.id} for n in range(50)]
        )
        env.cr.commit()
        self.user_env = env(user=user)

    def grow(self, contacts):
        """Fill up to so many contacts and their leads, and index what came."""
        known = len(self.alone) + len(self.both)
        say(f"Generating contacts up to {contacts:,}, with leads and numbers …")
        alone, both = fill(
            self.env.cr,
            self.plan,
            contacts - known - (len(self.alone) // (LEAD_SHARE - 1) - len(self.both)),
            salesperson_id=self.user_env.uid,
        )
        self.alone += alone
        self.both += both
        self.env.cr.commit()
        vacuum(self.env.cr, *TABLES)
        say("Building the index …")
        added, seconds = build_index(self.env)
        say(f"  {added:,} rows in {seconds:.1f} s")
        return added / seconds

    def match(self, number):
        """Look a number up as a salesperson does, names included."""
        self.user_env.invalidate_all()
        found = self.user_env["telephony.number"].match(number, self.pbx_as_user)
        return [match.record.display_name for match in found]

    @property
    def pbx_as_user(self):
        return self.pbx.with_env(self.user_env)

    def hits(self):
        """Numbers that a contact and a lead have, as trunks present them."""
        return [self._presented(n) for n in self.random.sample(self.both, LOOKUPS)]

    def misses(self):
        """Numbers that nobody has, presented likewise."""
        known = {*self.alone, *self.both}
        numbers = []
        while len(numbers) < LOOKUPS:
            number = self.plan.number()[1]
            if number not in known and not self.match(number):
                numbers.append(self._presented(number))
        return numbers

    def _presented(self, number):
        return self.random.choice(
            (number, "00" + number[1:], f"<sip:{number}@192.0.2.1>")
        )

    def match_times(self):
        """Return the times of lookups that find somebody."""
        hits = self.hits()
        for number in hits[:20]:
            assert len(self.match(number)) >= 2, number
        return timed(self.match, hits)

    def sql_times(self):
        """Return the times of the queries alone: ours, by key, OCA's and Odoo's."""
        cr = self.env.cr
        numbers = self.random.sample(self.alone, LOOKUPS)
        cr.execute("SELECT max(id) FROM telephony_number")
        last = cr.fetchone()[0]

        def index(number):
            cr.execute(INDEX_QUERY, [int(number[-8:])])
            return cr.fetchall()

        def key(id_):
            cr.execute(KEY_QUERY, [id_])
            return cr.fetchall()

        def oca(number):
            for table in PHONE_TABLES:
                cr.execute(OCA_QUERY.format(table), [f"%{number[-8:]}"])
                cr.fetchall()

        def core(number):
            for table in PHONE_TABLES:
                forms = ["00" + number[1:], number]
                cr.execute(CORE_QUERY.format(table), forms)
                cr.fetchall()

        ids = [self.random.randint(1, last) for _number in numbers]
        for warm_up in (key, index):
            timed(warm_up, ids if warm_up is key else numbers)
        return {
            "sql_ms": timed(index, numbers),
            "pk_ms": timed(key, ids),
            "core_ms": timed(core, numbers),
            "oca_ms": timed(oca, numbers[:SLOW_LOOKUPS]),
        }

    def http_times(self, odoo):
        """Return the times of a dial plan's question: who calls? Of a real server, each
        time on a connection of its own, as ``CURL()`` asks."""
        self.pbx.api_rate = 60_000
        token = self.env["telephony.token"]._issue(self.pbx)["context"]["default_token"]
        self.env.cr.commit()

        def ask(number):
            answer = requests.get(
                f"{odoo.url}/telephony/lookup",
                params={"number": number, "format": "text"},
                headers={"Authorization": f"Bearer {token}"},
                timeout=30,
            )
            answer.raise_for_status()
            return answer.text

        server = odoo.start()
        try:
            hits = self.random.sample(self.both, LOOKUPS)
            for number in hits[:20]:
                assert ask(number), number
            return timed(ask, hits)
        finally:
            server.stop()

    def index_mb_per_million(self):
        """Return the size of the table with its indexes, in MB a million rows."""
        self.env.cr.execute("SELECT pg_total_relation_size('telephony_number')")
        size = self.env.cr.fetchone()[0]
        return round(size / 2**20 / (count_rows(self.env.cr) / 10**6), 1)


def measure(rows):
    """Do all of it; return the figures by key."""
    postgres = Postgres()
    plain, addon = Odoo(postgres, "bench_plain"), Odoo(postgres, "bench_addon")
    try:
        say("Installing Odoo without and with the addon …")
        plain.create()
        addon.copy(plain)
        addon.install()
        say(f"Creating {ROUNDS} times {NEW_PARTNERS:,} contacts in each …")
        result = {"rows": rows, "write_overhead": write_overhead(plain, addon)}
        with environment(addon.config) as env:
            lookup = Lookup(env, rows)
            lookup.grow(rows // SMALL_SHARE)
            lookup.match_times()
            small = lookup.match_times()
            result["build_rows_per_s"] = round(lookup.grow(rows))
            say("Looking up …")
            lookup.match_times()
            result["match_ms"] = lookup.match_times()
            result["match_ms_small"] = small
            result["growth"] = round(result["match_ms"]["p50"] / small["p50"], 3)
            misses = lookup.misses()
            result["miss_ms"] = timed(lookup.match, misses)
            result |= lookup.sql_times()
            result["http_lookup_ms"] = lookup.http_times(addon)
            result["index_mb_per_million"] = lookup.index_mb_per_million()
    finally:
        postgres.drop("bench_plain")
        postgres.drop("bench_addon")
        postgres.stop()
    return result


def report(result):
    """Print the table; return whether all figures are within their bars."""
    good = True
    for key, value in result.items():
        text, holds = BARS.get(key, ("", lambda _result: True))
        shown = (
            "  ".join(f"{name} {figure}" for name, figure in value.items())
            if isinstance(value, dict)
            else value
        )
        mark = ("ok" if holds(result) else "MISSED") if text else ""
        good = good and holds(result)
        sys.stdout.write(f"{key:22} {shown!s:32} {text:32} {mark}\n")
    sql = result["sql_ms"]["p50"]
    sys.stdout.write(
        f"sql_ms is {result['oca_ms']['p50'] / sql:,.0f} × faster than OCA's way, "
        f"{sql / result['core_ms']['p50']:.2f} × Odoo's, "
        f"{sql / result['pk_ms']['p50']:.2f} × a read by key\n"
    )
    return good


def main():
    """Parse the arguments, measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=pathlib.Path, default=RESULT)
    parser.add_argument("--create-in", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.create_in:
        create_partners(arguments.create_in)
        return
    result = measure(arguments.rows)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    sys.exit(not report(result))


if __name__ == "__main__":
    main()
