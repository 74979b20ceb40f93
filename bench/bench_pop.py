#!/usr/bin/env python3
"""From the telephone system's event to the card before the agent's eyes.

With a million contacts and their numbers indexed, a process plays a PBX to a real
listener; Odoo's server brings the news to a Chromium in which the agent is logged in.
The time runs from just before the events are written to the socket until the card, with
the caller's name, stands in the page. All clocks are this machine's.

* ``pop_ms``: nothing else goes on;
* ``pop_busy_ms``: 20 calls a second to other agents in the background;
* ``bus_ms``: the bare path. A notification of Odoo's own kind is sent to the same user
  in a fresh transaction, by turns with the quiet calls, and shown by the web client;
* ``bundle_kb``: what the addon adds to the web client's bundle, compressed by gzip.

    make bench-pop [ROWS=1000000]
    bench_pop.py [--rows 1000000] [--calls 80] [--json FILE]
"""

import argparse
import contextlib
import gzip
import itertools
import json
import os
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from bench.lookup_data import (  # noqa: E402
    LEAD_SHARE,
    NumberPlan,
    build_index,
    environment,
    fill,
    vacuum,
)
from bench.played_pbx import PlayedPbx  # noqa: E402
from tests.support.browser import WebClient, launch  # noqa: E402
from tests.support.stack import create_agent  # noqa: E402
from tools.stack.demo_data import create_extensions, create_pbx  # noqa: E402
from tools.stack.odoo import Odoo  # noqa: E402
from tools.stack.paths import ADDONS, LOCAL  # noqa: E402
from tools.stack.postgres import Postgres  # noqa: E402
from tools.stack.rpc import OdooClient  # noqa: E402

DATABASE = "bench_pop"
AGENT, EXTENSION = "agent", "1001"
OTHERS = [str(number) for number in range(1002, 1022)]
BUSY_RATE = 20  # calls a second
WARM_UP = 5
PAUSE = 0.3  # seconds between what happens to the agent's call
REST = 1.0  # seconds between two calls
BARS = {"pop_ms_p50": 80, "ratio": 3, "pop_busy_ms_p95": 200, "bundle_kb": 40}
BUNDLE = "web.assets_web"

# Notes when a card with a name, or a notification, came into the page.
WATCH = """() => {
    const seen = {};
    const waiting = {};
    const note = (key) => {
        seen[key] ??= Date.now();
        waiting[key]?.(seen[key]);
    };
    new MutationObserver(() => {
        const cards = ".o_telephony_card:has(.o_telephony_card_record)";
        for (const card of document.querySelectorAll(cards)) {
            note(card.querySelector(".o_telephony_card_title").textContent);
        }
        for (const content of document.querySelectorAll(".o_notification_content")) {
            note(content.textContent);
        }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    window.benchSeen = (key) =>
        seen[key] || new Promise((resolve) => (waiting[key] = resolve));
}"""


def say(text):
    """Print what is being done."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


class Bench:
    """A full database, a PBX, a listener, a server, and an agent's browser.

    :param stack: an ``ExitStack`` that ends all of it
    :param rows: how many contacts there are, and a fifth as many leads
    """

    def __init__(self, stack, rows):
        self.postgres = Postgres()
        stack.callback(self.postgres.stop)
        self.odoo = Odoo(self.postgres, DATABASE)
        say("Installing Odoo with the addon …")
        self.odoo.create(ADDONS)
        stack.callback(self.postgres.drop, DATABASE)
        self.odoo.install(ADDONS)
        self.env = stack.enter_context(environment(self.odoo.config))
        self.bundle_kb = measure_bundle(self.env)
        self.numbers = self._fill(rows)
        self.callers = iter(self.numbers)
        self.pbx = PlayedPbx(OTHERS, self.numbers[: len(self.numbers) // 2])
        stack.callback(self.pbx.stop)
        say("Starting Odoo, the listener and the browser …")
        server = self.odoo.start()
        stack.callback(server.stop)
        self._set_up()
        listener = self.odoo.start_listener()
        stack.callback(listener.stop)
        listener.wait_for_log(": connected")
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        self.agent = WebClient(context.new_page(), self.odoo.url)
        self.agent.log_in(OdooClient(self.odoo.url, DATABASE, AGENT))
        self.page = self.agent.page
        self.page.evaluate(WATCH)
        self.marks = itertools.count(1)

    def _fill(self, rows):
        """Create contacts and leads, and index them.

        :return: the numbers that one contact alone has, shuffled
        """
        say(f"Generating {rows:,} contacts and a fifth as many leads …")
        alone, _both = fill(
            self.env.cr, NumberPlan(seed=6), rows, salesperson_id=self.env.uid
        )
        vacuum(self.env.cr, "res_partner", "crm_lead")
        added, seconds = build_index(self.env)
        say(f"  {added:,} numbers indexed in {seconds:.0f} s")
        random.Random(7).shuffle(alone)
        return alone

    def _set_up(self):
        admin = OdooClient(self.odoo.url, DATABASE, "admin")
        pbx = create_pbx(admin, "127.0.0.1", self.pbx.port)
        logins = {AGENT: EXTENSION, **{f"user{number}": number for number in OTHERS}}
        for login in logins:
            create_agent(admin, login)
        create_extensions(admin, pbx, logins)

    # -- what is measured --

    def bus(self):
        """Send the agent a notification.

        :return: the milliseconds until it stood in the page
        """
        key = f"mark {next(self.marks)}"
        began = time.time()
        with self.env.registry.cursor() as cr:
            agent = self.env(cr=cr)["res.users"].search([("login", "=", AGENT)])
            agent._bus_send("simple_notification", {"type": "info", "message": key})
        return self._seen(key) - 1000 * began

    def pop(self):
        """Let somebody call the agent, who answers, and hang up.

        :return: the milliseconds until the card stood in the page
        """
        caller = next(self.callers)
        title = f"Incoming call: {self._format(caller)}"
        number, began = self.pbx.call(EXTENSION, caller)
        seen = self._seen(title)
        for state in ("ongoing", "ended"):
            time.sleep(PAUSE)
            self.pbx.go_on(number, state)
        time.sleep(REST)
        return seen - 1000 * began

    def _format(self, number):
        return self.env["telephony.number"]._format(number)

    def _seen(self, key):
        return self.page.evaluate("(key) => window.benchSeen(key)", key)


def measure_bundle(env):
    """
    :return: the KB that the addon adds to the web client's bundle, compressed
    """
    from odoo.addons.base.models.assetsbundle import AssetsBundle

    files, external = env["ir.qweb"]._get_asset_content(BUNDLE)
    others = [file for file in files if file["url"].split("/")[1] not in ADDONS]
    sizes = []
    for part in (files, others):
        bundle = AssetsBundle(f"bench.{len(sizes)}", part, external, env=env)
        contents = (bundle.js().raw, bundle.css().raw)
        sizes.append(sum(len(gzip.compress(content)) for content in contents))
    env.cr.rollback()
    return round((sizes[0] - sizes[1]) / 1024, 1)


def summary(times):
    """
    :return: the median and the 95th percentile of times in ms
    """
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[-1], 1),
    }


def measure(rows, calls):
    """
    :return: the figures of one run
    """
    with contextlib.ExitStack() as stack:
        bench = Bench(stack, rows)
        load = os.getloadavg()[0]
        for _call in range(WARM_UP):
            bench.bus(), bench.pop()
        say(f"{calls} calls, by turns with notifications …")
        bus, pop = [], []
        for _call in range(calls):
            bus.append(bench.bus())
            pop.append(bench.pop())
        say(f"{calls} calls, with {BUSY_RATE} a second in the background …")
        bench.pbx.begin(BUSY_RATE, calls * (2 * PAUSE + REST + 0.1))
        busy = [bench.pop() for _call in range(calls)]
        bench.pbx.finish()
        if bench.agent.errors:
            raise AssertionError(f"the page logged errors: {bench.agent.errors}")
        return {
            "rows": rows * (LEAD_SHARE + 1) // LEAD_SHARE,
            "calls": calls,
            "load_before": load,
            "pop_ms": summary(pop),
            "pop_busy_ms": summary(busy),
            "bus_ms": summary(bus),
            "ratio": round(statistics.median(pop) / statistics.median(bus), 2),
            "bundle_kb": bench.bundle_kb,
        }


def main():
    """
    :return: the exit status for the shell
    """
    parser = argparse.ArgumentParser(description="From the event to the card")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=80)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    options.json = options.json or LOCAL / "bench" / "pop.json"
    figures = measure(options.rows, options.calls)
    figures["ok"] = (
        figures["pop_ms"]["p50"] <= BARS["pop_ms_p50"]
        and figures["ratio"] <= BARS["ratio"]
        and figures["pop_busy_ms"]["p95"] <= BARS["pop_busy_ms_p95"]
        and figures["bundle_kb"] <= BARS["bundle_kb"]
    )
    for name, value in figures.items():
        sys.stdout.write(f"{name:30} {value}\n")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
