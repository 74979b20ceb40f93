#!/usr/bin/env python3
"""The live board in a browser: 200 agents, 100 calls, and what changes of them.

A process of its own plays a PBX (played_pbx.py): about 100 calls at any time,
some 20 changes of calls a second, and each change of a telephone. They go through the
listener, the database and the bus into a Chromium that shows the board. Measured are

* how long the board takes to open, from the click until all agents are shown;
* how long frames take while it follows, and the main thread's long tasks (over 50 ms);
* how often and for how long the server is asked for what changed.
"""

import argparse
import contextlib
import heapq
import json
import os
import pathlib
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright

from bench.played_pbx import PlayedPbx
from tests.support.browser import WebClient, launch
from tools.stack.demo_data import create_extensions, create_pbx
from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, LOCAL
from tools.stack.postgres import Postgres
from tools.stack.rpc import OdooClient
from tools.stack.waiting import wait_for

DATABASE = "bench_board"
AGENTS = [str(number) for number in range(2001, 2201)]
QUEUES = [f"queue{number}" for number in range(1, 11)]
CALLERS = [f"+336{number:08d}" for number in range(2000)]
# Seconds; with CALLS_PER_S about 100 calls at once, of each of which three changes are
# told.
RING, TALK = 3.0, 12.0
CALLS_PER_S = 6.7
NEXT = {"ringing": ("ongoing", RING), "ongoing": ("ended", TALK)}
DEVICE = {"ringing": "RINGING", "ongoing": "INUSE", "ended": "NOT_INUSE"}
OPENINGS = 5
BARS = {"open_ms": 1000, "frame_p95_ms": 50, "longest_task_ms": 200}

WATCH = """
() => {
    const seen = (window.boardBench = { frames: [], tasks: [], changes: 0 });
    new PerformanceObserver((list) => {
        seen.tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ entryTypes: ["longtask"] });
    new MutationObserver((list) => {
        seen.changes += list.filter(({ attributeName }) => attributeName).length;
    }).observe(document.querySelector(".o_telephony_agents"), {
        attributes: true, attributeFilter: ["data-state"], subtree: true,
    });
    let last = performance.now();
    const onFrame = (now) => {
        seen.frames.push(now - last);
        last = now;
        requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
}
"""
OPEN = """
async ([action, count]) => {
    const { action: service } = odoo.__WOWL_DEBUG__.root.env.services;
    const began = performance.now();
    await service.doAction(action, { clearBreadcrumbs: true });
    const selector = ".o_telephony_agent";
    while (count && document.querySelectorAll(selector).length < count) {
        await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
}
"""


class Traffic(threading.Thread):
    """Lets calls begin and go on until it is stopped; counts the changes."""

    def __init__(self, pbx):
        super().__init__(daemon=True)
        self._pbx = pbx
        self._due = []
        self.changes = 0
        self.is_running = True

    def run(self):
        for index, agent in enumerate(AGENTS):
            self._pbx.say(
                "DeviceStateChange", Device=f"PJSIP/{agent}", State="NOT_INUSE"
            )
            queue = QUEUES[index % len(QUEUES)]
            self._pbx.say("QueueParams", Queue=queue)
            self._pbx.say(
                "QueueMemberAdded", Queue=queue, Interface=f"PJSIP/{agent}", Paused="0"
            )
        heapq.heappush(self._due, (time.monotonic(), 0, "ringing"))
        while self.is_running:
            due, number, state = heapq.heappop(self._due)
            time.sleep(max(0, due - time.monotonic()))
            self._change(due, number, state)

    def _change(self, due, number, state):
        agent = AGENTS[number % len(AGENTS)]
        if state == "ringing":
            call, _at = self._pbx.call(agent, CALLERS[number % len(CALLERS)])
            assert call == number + 1
            heapq.heappush(self._due, (due + 1 / CALLS_PER_S, number + 1, "ringing"))
        else:
            self._pbx.go_on(number + 1, state)
        self._pbx.say("DeviceStateChange", Device=f"PJSIP/{agent}", State=DEVICE[state])
        self.changes += 1
        if state in NEXT:
            later, seconds = NEXT[state]
            heapq.heappush(self._due, (due + seconds, number, later))


class Bench:
    """A database with agents, a server, a listener and a PBX."""

    def __init__(self, stack):
        postgres = Postgres()
        stack.callback(postgres.stop)
        self.odoo = Odoo(postgres, DATABASE)
        self.odoo.create(ADDONS)
        stack.callback(postgres.drop, DATABASE)
        self.odoo.install(ADDONS)
        pbx = PlayedPbx(AGENTS, CALLERS)
        stack.callback(pbx.stop)
        server = self.odoo.start()
        stack.callback(server.stop)
        self.client = OdooClient(self.odoo.url, DATABASE, "admin")
        self._fill(pbx.port)
        listener = self.odoo.start_listener()
        stack.callback(listener.stop)
        listener.wait_for_log(": connected")
        self.traffic = Traffic(pbx)
        driver = stack.enter_context(sync_playwright())
        browser = launch(driver)
        stack.callback(browser.close)
        page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
        self.web = WebClient(page, self.odoo.url)
        self.web.log_in(self.client)
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Performance.enable")
        self.requests = []
        page.on("requestfinished", self._on_request)

    def _on_request(self, request):
        if "telephony.board" in request.url:
            self.requests.append(request.timing["responseEnd"])

    def _fill(self, port):
        pbx = create_pbx(self.client, "127.0.0.1", port)
        logins = {f"agent{number}": number for number in AGENTS}
        self.client.call(
            "res.users", "create", [{"name": each, "login": each} for each in logins]
        )
        create_extensions(self.client, pbx, logins)
        customers = [
            {"name": f"Customer {number}", "phone": number} for number in CALLERS[::2]
        ]
        self.client.call("res.partner", "create", customers)

    def open(self):
        """
        :return: milliseconds until the board shows all agents.
        """
        self.web.page.evaluate(
            OPEN, ["telephony_supervisor.action_telephony_dashboard", 0]
        )
        action = "telephony_supervisor.action_telephony_board"
        return self.web.page.evaluate(OPEN, [action, len(AGENTS)])

    def follow(self, seconds):
        """
        :return: the figures of a board that follows calls for some seconds.
        """
        self.traffic.start()
        wait_for(self._is_busy, 60)
        opened = [self.open() for _round in range(OPENINGS)]
        self.requests.clear()
        self.web.page.evaluate(WATCH)
        changes, before = self.traffic.changes, self._cpu()
        self.web.page.wait_for_timeout(1000 * seconds)
        busy = self._cpu() - before
        changes = self.traffic.changes - changes
        calls = self.web.page.locator(".o_telephony_calls tbody tr").count()
        seen = self.web.page.evaluate("boardBench")
        self.traffic.is_running = False
        frames = sorted(seen["frames"])
        return {
            "agents": len(AGENTS),
            "calls": calls,
            "changes_per_s": round(changes / seconds, 1),
            "open_ms": round(statistics.median(opened)),
            "frame_p50_ms": round(statistics.median(frames), 1),
            "frame_p95_ms": round(frames[int(len(frames) * 0.95)], 1),
            "frame_max_ms": round(frames[-1], 1),
            "long_tasks": len(seen["tasks"]),
            "longest_task_ms": round(max(seen["tasks"], default=0)),
            "states_shown": seen["changes"],
            "page_busy_share": round(busy / seconds, 3),
            "requests_per_s": round(len(self.requests) / seconds, 2),
            "request_p50_ms": round(statistics.median(self.requests)),
            "errors": self.web.errors,
        }

    def _is_busy(self):
        running = [("state", "!=", "ended")]
        wanted = 0.9 * CALLS_PER_S * (RING + TALK)
        return self.client.search_count("telephony.call", running) >= wanted

    def _cpu(self):
        """
        :return: seconds that the page's main thread has worked so far.
        """
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(description="The live board in a browser")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", type=pathlib.Path, default=LOCAL / "bench/board.json")
    options = parser.parse_args()
    figures = {"load_before": os.getloadavg()[0]}
    with contextlib.ExitStack() as stack:
        bench = Bench(stack)
        figures["first_open_ms"] = round(bench.open())
        figures |= bench.follow(options.seconds)
    figures["ok"] = not figures["errors"] and all(
        figures[name] <= bar for name, bar in BARS.items()
    )
    for name, value in figures.items():
        sys.stdout.write(f"{name:20} {value}\n")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
