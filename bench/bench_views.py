"""How long each view of calls takes to open, with a hundred thousand of them.

Every view, filter and grouping of the menus is asked for as the web client does it, of
a real server over HTTP, by a supervisor, who sees all calls.
"""

import argparse
import ast
import json
import pathlib
import statistics
import sys
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright

from tests.support.browser import WebClient, launch
from tools.stack.demo_data import create_extensions, create_pbx
from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, LOCAL
from tools.stack.postgres import Postgres
from tools.stack.rpc import OdooClient

ACTIONS = (
    ("telephony_connector", "action_telephony_call"),
    ("telephony_supervisor", "action_telephony_call_report"),
)
MAX_SECONDS = 1.0
# Of missed callers under attack: so many open ones, all unknown, who called once.
FOLLOWUPS = 10_000
MAX_FOLLOWUPS_OPEN_MS = 200
MAX_FOLLOWUPS_WAKE_MS = 1000
# Of a contact with so many calls in its chatter, beside one without calls on which
# colleagues wrote a page of notes: Odoo shows any chatter by pages.
LINES = 10_000
MAX_LINES_RATIO = 1.2
# What the web client asks for when a chatter is opened.
CHATTER = [
    "activities",
    "attachments",
    "contact_fields",
    "followers",
    "scheduledMessages",
    "suggestedRecipients",
]
OPEN_CONTACT = """
async (id) => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    await action.doAction("contacts.action_contacts", { clearBreadcrumbs: true });
    while (document.querySelector(".o-mail-Chatter")) {
        await new Promise(requestAnimationFrame);
    }
    const start = performance.now();
    await action.doAction({
        type: "ir.actions.act_window",
        res_model: "res.partner",
        res_id: id,
        views: [[false, "form"]],
    });
    while (document.querySelectorAll(".o-mail-Chatter .o-mail-Message").length < 30) {
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
}
"""
CUSTOMERS = 500
SUPERVISOR = "supervisor"
USER = "user"
SEED = 19
# As the web client asks.
PAGE = 80
COUNT_LIMIT = 10_001


class Bench:
    """Measures requests, and keeps the median of a few rounds of each."""

    def __init__(self, client, rounds):
        self.client, self.rounds = client, rounds
        self.seconds = {}

    def measure(self, name, *args, **kwargs):
        """Time a call of a model's method; the first round is not counted."""
        taken = []
        for _round in range(self.rounds + 1):
            start = time.perf_counter()
            answer = self.client.call(*args, **kwargs)
            taken.append(time.perf_counter() - start)
        self.seconds[name] = round(statistics.median(taken[1:]), 3)
        return answer

    # -- actions --

    def measure_action(self, action):
        """Measure an action: its views, then the list under each filter and group."""
        model = action["res_model"]
        kinds = [kind for kind in action["view_mode"].split(",") if kind != "form"]
        views = self.measure(
            f"{model}: views",
            model,
            "get_views",
            [[False, kind] for kind in [*kinds, "search"]],
            {"load_filters": True},
        )
        fields = views["models"][model]["fields"]
        archs = {
            kind: ET.fromstring(view["arch"]) for kind, view in views["views"].items()
        }
        for kind in kinds:
            getattr(self, f"measure_{kind}")(f"{model}: {kind}", model, archs, fields)
        for name, domain, groups in read_filters(archs["search"], self.client.uid):
            title = f"{model}: {kinds[0]}, {name}"
            if groups:
                self.measure_group(title, model, domain, groups)
            elif kinds[0] == "list":
                self.measure_list(title, model, archs, fields, domain)
            else:
                self.measure_graph(title, model, archs, fields, domain)

    def measure_list(self, title, model, archs, fields, domain=(), kind="list"):
        self.measure(
            title,
            model,
            "web_search_read",
            list(domain),
            read_specification(archs[kind], fields),
            limit=PAGE,
            count_limit=COUNT_LIMIT,
        )

    def measure_kanban(self, title, model, archs, fields):
        self.measure_list(title, model, archs, fields, kind="kanban")

    def measure_calendar(self, title, model, archs, fields):
        arch = archs["calendar"]
        days = {"day": 1, "week": 7, "month": 31}[arch.get("mode")]
        end = datetime.now(UTC)
        start = arch.get("date_start")
        names = {start, arch.get("date_stop"), arch.get("color"), "display_name"}
        self.measure(
            title,
            model,
            "web_search_read",
            [
                [start, "<=", str(end)[:19]],
                [start, ">=", str(end - timedelta(days=days))[:19]],
            ],
            {
                **read_specification(arch, fields),
                **{name: specify(fields.get(name)) for name in names},
            },
        )

    def measure_graph(self, title, model, archs, fields, domain=()):
        groups = read_groups(archs["graph"])
        self.measure_group(title, model, domain, groups)

    def measure_pivot(self, title, model, archs, fields):
        arch = archs["pivot"]
        groups = read_groups(arch)
        measures = [
            f"{node.get('name')}:{fields[node.get('name')]['aggregator']}"
            for node in arch.iter("field")
            if node.get("type") == "measure"
        ]
        self.measure(
            title,
            model,
            "formatted_read_grouping_sets",
            [],
            [groups[:end] for end in range(len(groups) + 1)],
            ["__count", *measures],
        )

    def measure_group(self, title, model, domain, groups):
        self.measure(
            title,
            model,
            "formatted_read_group",
            list(domain),
            groups,
            ["__count"],
        )

    # -- other doors to calls --

    def measure_dashboard(self):
        """Measure the dashboard in each of its periods."""
        for period in ("day", "week", "month"):
            self.measure(
                f"dashboard: {period}",
                "telephony.call.report",
                "get_dashboard",
                period,
            )

    def measure_panel(self):
        """Measure what the web client asks for when it starts, and for the panel."""
        self.measure("state of the telephone", "telephony.client", "get_phone_state")
        self.measure("panel", "telephony.client", "get_panel")

    def measure_timelines(self, quiet, busy):
        """Measure opening a contact without calls, but with notes, and one with many,
        by turns: the form's fields, then all that the chatter asks for.

        :return: how many times as long the one with many takes
        """
        view = self.client.call("res.partner", "get_views", [[False, "form"]])
        fields = view["models"]["res.partner"]["fields"]
        arch = ET.fromstring(view["views"]["form"]["arch"])
        specification = read_specification(arch, fields)
        taken = {quiet: [], busy: []}
        for _round in range(5 * self.rounds):
            for partner, times in taken.items():
                start = time.perf_counter()
                self.client.call("res.partner", "web_read", [partner], specification)
                self.client.request(
                    "/mail/thread/messages",
                    thread_model="res.partner",
                    thread_id=partner,
                    fetch_params={"limit": 30},
                )
                thread = {
                    "thread_model": "res.partner",
                    "thread_id": partner,
                    "request_list": CHATTER,
                }
                self.client.request(
                    "/mail/data", fetch_params=[["mail.thread", thread]]
                )
                times.append(time.perf_counter() - start)
        return self.compare("", *taken.values())

    def measure_timelines_in_browser(self, page, quiet, busy):
        """Measure the same as a user sees it, until the chatter's messages are there.

        :param page: a Playwright page with the web client
        :return: how many times as long the one with many takes
        """
        taken = {quiet: [], busy: []}
        for round_ in range(3 * self.rounds + 1):
            for partner, times in taken.items():
                seconds = page.evaluate(OPEN_CONTACT, partner) / 1000
                if round_:
                    times.append(seconds)
        return self.compare(" in the browser", *taken.values())

    def compare(self, where, quiet, busy):
        """Note the medians of two, and return how many times as long the second is."""
        first, second = statistics.median(quiet), statistics.median(busy)
        title = f"res.partner{where}: contact with"
        self.seconds[f"{title} notes, without calls"] = round(first, 3)
        self.seconds[f"{title} {LINES} calls"] = round(second, 3)
        return round(second / first, 2)

    def measure_followups(self, name):
        """Measure opening the list of missed callers, as the action has it.

        :return: milliseconds
        """
        title = f"telephony.followup: list of {FOLLOWUPS} open, {name}"
        self.measure(
            title,
            "telephony.followup",
            "web_read_group",
            [["state", "=", "open"]],
            ["kind"],
            ["call_count:sum"],
            unfold_read_specification={
                "number": {},
                "caller_name": {},
                "kind": {},
                "call_count": {},
                "first_date": {},
                "last_date": {},
                "user_id": {"fields": {"display_name": {}}},
                "is_escalated": {},
                "escalation_date": {},
                "state": {},
            },
            unfold_read_default_limit=PAGE,
        )
        first = self.seconds[title]
        title = f"telephony.followup: gathered ones, {name}"
        self.measure_list_of_gathered(title)
        return round(1000 * max(first, self.seconds[title]))

    def measure_list_of_gathered(self, title):
        self.measure(
            title,
            "telephony.followup",
            "web_search_read",
            [["state", "=", "open"], ["kind", "=", "single"]],
            {"number": {}, "caller_name": {}, "last_date": {}, "state": {}},
            limit=PAGE,
            count_limit=COUNT_LIMIT,
        )

    def measure_record(self):
        """Measure the button on a customer's form, and the list behind it."""
        call = self.client.search_read("telephony.call", [], ["id"], limit=1)[0]
        partner = self.client.create("res.partner", name="Bench Customer")
        self.client.call(
            "telephony.call", "register", [call["id"]], "res.partner", partner
        )
        self.measure(
            "res.partner: number of calls",
            "res.partner",
            "web_read",
            [partner],
            {"telephony_call_count": {}},
        )
        self.measure(
            "telephony.record.call: list",
            "telephony.record.call",
            "web_search_read",
            [],
            {"start_date": {}, "number": {}, "note": {}},
            limit=PAGE,
            context={"telephony_record": ["res.partner", partner]},
        )


def specify(field):
    """Return what is read of a field: of a link also its name."""
    if field and field["type"] in ("many2one", "reference"):
        return {"fields": {"display_name": {}}}
    return {}


def read_specification(arch, fields):
    """Return the specification for the fields of a view."""
    names = {node.get("name") for node in arch.iter("field")} & fields.keys()
    return {name: specify(fields[name]) for name in names}


def read_groups(arch):
    """Return the groups of a graph or a pivot."""
    groups = []
    for node in arch.iter("field"):
        if node.get("type") == "measure" or node.get("invisible"):
            continue
        interval = f":{node.get('interval')}" if node.get("interval") else ""
        groups.append(f"{node.get('name')}{interval}")
    return groups


def read_filters(arch, uid):
    """Return name, domain and groups of a search view's filters."""
    for node in arch.iter("filter"):
        context = ast.literal_eval(node.get("context") or "{}")
        domain = ast.literal_eval((node.get("domain") or "[]").replace("uid", str(uid)))
        if context.get("group_by") or node.get("domain"):
            groups = [context["group_by"]] if context.get("group_by") else []
            yield node.get("name"), domain, groups


def measure(calls, rounds):
    """Run the benchmark on a database of its own.

    :return: the figures, as a dict
    """
    postgres = Postgres()
    odoo = Odoo(postgres, "bench_views")
    try:
        odoo.create(ADDONS)
        odoo.install(ADDONS)
        server = odoo.start()
        try:
            client = OdooClient(odoo.url, "bench_views", "admin")
            pbx = create_pbx(client, "127.0.0.1", 5038)
            create_extensions(client, pbx, {"admin": "1001"})
            client.call(
                "res.partner",
                "create",
                [
                    {"name": f"Customer {n}", "phone": f"+3363998{n:04}"}
                    for n in range(CUSTOMERS)
                ],
            )
            start = time.perf_counter()
            odoo.telephony("generate-calls", f"--count={calls}", f"--seed={SEED}")
            generated = time.perf_counter() - start
            actions = [read_action(client, *names) for names in ACTIONS]
            create_viewers(client)
            administrator = client
            client = OdooClient(odoo.url, "bench_views", SUPERVISOR)
            bench = Bench(client, rounds)
            for action in actions:
                bench.measure_action(action)
            bench.measure_dashboard()
            bench.measure_panel()
            bench.measure_record()
            taken = json.loads(
                odoo.shell(FLOOD).rpartition("FLOOD ")[2].splitlines()[0]
            )
            opened = [bench.measure_followups("a supervisor")]
            timeline = json.loads(
                odoo.shell(TALK).rpartition("TALK ")[2].splitlines()[0]
            )
            partners = timeline["quiet"], timeline["busy"]
            ratio = bench.measure_timelines(*partners)
            with sync_playwright() as playwright, launch(playwright) as browser:
                page = WebClient(browser.new_page(), odoo.url)
                page.log_in(client)
                ratio_seen = bench.measure_timelines_in_browser(page.page, *partners)
            bench.client = administrator
            bench.measure("panel in a flood", "telephony.client", "get_panel")
            bench.measure("telephone in a flood", "telephony.client", "get_phone_state")
            bench.client = OdooClient(odoo.url, "bench_views", USER)
            opened.append(bench.measure_followups("a user"))
        finally:
            server.stop()
    finally:
        postgres.drop("bench_views")
        postgres.stop()
    slowest = max(bench.seconds.values())
    return {
        "calls": calls,
        "generate_seconds": round(generated, 1),
        "seconds": bench.seconds,
        "slowest_seconds": slowest,
        "followups": FOLLOWUPS,
        "followups_made_seconds": taken["made"],
        "followups_dismiss_seconds": taken["dismissed"],
        "followups_open_ms": max(opened),
        "followups_wake_ms": taken["wake"],
        "lines": LINES,
        "lines_made_seconds": timeline["made"],
        "lines_ratio": ratio,
        "lines_ratio_in_browser": ratio_seen,
        "ok": slowest <= MAX_SECONDS
        and max(ratio, ratio_seen) <= MAX_LINES_RATIO
        and max(opened) <= MAX_FOLLOWUPS_OPEN_MS
        and taken["wake"] <= MAX_FOLLOWUPS_WAKE_MS,
    }


# Callers with invented numbers, for the extension of the administrator; then the
# scheduled action's next run, after one more call, and a second one, that was answered.
FLOOD = f"""
import json, time
from datetime import timedelta
from odoo import fields
calls, followups = env["telephony.call"], env["telephony.followup"]
pbx = env["telephony.pbx"].search([], limit=1)
extension = pbx.extension_ids[:1]
now = fields.Datetime.now()

def ring(uniqueid, number, outcome="missed"):
    leg = {{"uniqueid": f"{{uniqueid}}-1", "extension": extension.number,
           "state": "ended", "start_date": now, "end_date": now}}
    return {{"pbx_id": pbx.id, "uniqueid": uniqueid, "term": 1, "revision": 1,
            "direction": "inbound", "state": "ended", "outcome": outcome,
            "number": number, "extension": extension.number, "legs": [leg],
            "start_date": now, "end_date": now,
            "answer_date": now if outcome == "answered" else None}}

followups._cron_follow_up()
start = time.perf_counter()
for first in range(0, {FOLLOWUPS}, 100):
    calls._apply([ring(f"flood-{{n}}", f"+33199{{n:06}}")
                  for n in range(first, first + 100)])
    env.cr.commit()
followups._cron_follow_up()
made = time.perf_counter() - start
env.cr.execute("ANALYZE telephony_call, telephony_followup, telephony_call_user_rel")
env.cr.commit()

taken = []
for n in range(4):
    calls._apply([ring(f"more-{{n}}", f"+33198{{n:06}}"),
                  ring(f"back-{{n}}", f"+33199{{n:06}}", "answered")])
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    followups._cron_follow_up()
    taken.append(time.perf_counter() - start)
wake = round(1000 * sorted(taken[1:])[1])
dismissal = env["telephony.followup.dismissal"].create({{}})
assert dismissal.count >= {FOLLOWUPS} - 4, dismissal.count
start = time.perf_counter()
dismissal.action_dismiss()
env.flush_all()
dismissed = time.perf_counter() - start
env.cr.rollback()
print("FLOOD", json.dumps({{"made": round(made, 1), "wake": wake,
                           "dismissed": round(dismissed, 1)}}))
"""


# A contact without calls on which notes were written, and one whose calls were all
# logged in its chatter.
TALK = f"""
import json, time
from datetime import timedelta
from odoo import fields
calls = env["telephony.call"]
pbx = env["telephony.pbx"].search([], limit=1)
quiet, busy = env["res.partner"].create(
    [{{"name": name, "phone": number}}
     for name, number in (("Quiet", "+33197000001"), ("Busy", "+33197000002"))])
for number in range(30):
    quiet.message_post(body=f"Note {{number}}")
env.cr.commit()
now = fields.Datetime.now()

def talk(number):
    start = now - timedelta(minutes={LINES} - number)
    return {{"pbx_id": pbx.id, "uniqueid": f"talk-{{number}}", "term": 1, "revision": 1,
            "direction": "inbound", "state": "ended", "outcome": "answered",
            "number": "+33197000002", "start_date": start, "answer_date": start,
            "end_date": start + timedelta(seconds=30)}}

env["telephony.timeline"]._cron_log()
for first in range(0, {LINES}, 100):
    calls._apply([talk(number) for number in range(first, first + 100)])
    env.cr.commit()
start = time.perf_counter()
env["telephony.timeline"]._cron_log()
env.cr.commit()
made = time.perf_counter() - start
lines = env["mail.message"].search_count(
    [("model", "=", "res.partner"), ("res_id", "=", busy.id)])
assert lines >= {LINES}, lines
env.cr.execute("ANALYZE telephony_call, mail_message")
env.cr.commit()
print("TALK", json.dumps({{"made": round(made, 1), "quiet": quiet.id,
                          "busy": busy.id}}))
"""


def create_viewers(client):
    """Create those whose eyes the views are measured with: a supervisor, and a user
    whose colleague of the sales team is the one who is flooded."""
    telephony_user, *groups = [
        client.one(
            "ir.model.data", [("module", "=", module), ("name", "=", name)], ["res_id"]
        )["res_id"]
        for module, name in (
            ("telephony_connector", "group_telephony_user"),
            ("telephony_connector", "group_telephony_supervisor"),
            ("base", "group_partner_manager"),
        )
    ]
    client.create(
        "res.users",
        name="Supervisor",
        login=SUPERVISOR,
        password=SUPERVISOR,
        group_ids=[(6, 0, groups)],
    )
    user = client.create(
        "res.users",
        name="User",
        login=USER,
        password=USER,
        group_ids=[(6, 0, [telephony_user, *groups[1:]])],
    )
    client.create("crm.team", name="Team", member_ids=[(6, 0, [user, client.uid])])


def read_action(client, module, name):
    """Return a window action of an addon."""
    data = client.one(
        "ir.model.data",
        [("module", "=", module), ("name", "=", name)],
        ["res_id"],
    )
    return client.one(
        "ir.actions.act_window",
        [("id", "=", data["res_id"])],
        ["res_model", "view_mode"],
    )


def main():
    parser = argparse.ArgumentParser(description="Opening each view of calls")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, default=LOCAL / "bench/views.json")
    options = parser.parse_args()
    figures = measure(options.calls, options.rounds)
    for name, seconds in figures["seconds"].items():
        sys.stdout.write(f"{name:60} {seconds:7.3f} s\n")
    sys.stdout.write(
        f"{figures['calls']} calls, generated in {figures['generate_seconds']} s; the "
        f"slowest takes {figures['slowest_seconds']} s\n"
        f"{FOLLOWUPS} missed callers: opened in {figures['followups_open_ms']} ms, the "
        f"next wake-up takes {figures['followups_wake_ms']} ms; made in "
        f"{figures['followups_made_seconds']} s, dismissed together in "
        f"{figures['followups_dismiss_seconds']} s\n"
        f"A contact with {figures['lines']} calls in its chatter opens in "
        f"{figures['lines_ratio']} times what one with 30 notes takes, in the browser "
        f"in {figures['lines_ratio_in_browser']} times; the lines were written in "
        f"{figures['lines_made_seconds']} s\n"
    )
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(not figures["ok"])


if __name__ == "__main__":
    main()
