import { Component, xml } from "@odoo/owl";

import { waitForChannels } from "@bus/../tests/bus_test_helpers";
import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    defineModels,
    getService,
    models,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { assets } from "@web/core/assets";
import { registry } from "@web/core/registry";
import "@telephony_supervisor/board/live_board";
import { CHANNEL } from "@telephony_supervisor/board/board_store";
import {
    defineTelephonyModels,
    setupTelephony,
} from "@telephony_connector/../tests/telephony_test_helpers";

const EVERYTHING = ["pause", "resume", "log_in", "log_out", "listen", "whisper", "barge"];

function makeAgent(values) {
    return {
        id: 1,
        pbx_id: 1,
        number: "1001",
        name: "Alice",
        is_mine: false,
        team_ids: [],
        availability: "idle",
        since: "2026-01-05 09:58:00",
        queues: ["support"],
        paused_queues: [],
        reason: false,
        ...values,
    };
}

function makeCall(values) {
    return {
        id: 7,
        pbx_id: 1,
        direction: "inbound",
        state: "ongoing",
        number: "+33 6 39 98 00 01",
        contact: "Ada Example",
        queue: "support",
        waits: false,
        since: "2026-01-05 09:59:00",
        talking: [1],
        ringing: [],
        ...values,
    };
}

function makeQueue(values) {
    return {
        id: 1,
        pbx_id: 1,
        name: "support",
        waiting: [],
        answered: 4,
        missed: 1,
        ...values,
    };
}

const ALICE = makeAgent();
const BRUNO = makeAgent({ id: 2, number: "1002", name: "Bruno", team_ids: [3] });
const TALKING = { ...ALICE, availability: "in_use" };

/** What the server answers; tests change it as things go on. */
const server = {};

class TelephonyBoard extends models.Model {
    _name = "telephony.board";

    get_state() {
        expect.step("all");
        return { pbxs: server.pbxs, teams: server.teams, ...server.rows };
    }

    get_changes(callIds, extensionIds) {
        expect.step(`changes ${callIds} | ${extensionIds}`);
        const { queues, agents, calls } = server.rows;
        const running = calls.filter(({ id }) => callIds.includes(id));
        return {
            queues,
            agents: agents.filter(({ id }) => extensionIds.includes(id)),
            calls: running,
            gone_calls: callIds.filter((id) => !running.some((call) => call.id === id)),
        };
    }
}

class Elsewhere extends Component {
    static template = xml`<p>Elsewhere</p>`;
    static props = ["*"];
}

defineTelephonyModels();
defineModels([TelephonyBoard]);
describe.current.tags("desktop");

beforeEach(() => {
    setupTelephony();
    mockDate("2026-01-05 10:00:00", +0);
    patchWithCleanup(assets, { loadBundle: async () => {} });
    onRpc("telephony.board", "act", ({ args: [id, action], kwargs: { queue, reason } }) => {
        expect.step([action, id, queue, reason].filter(Boolean).join(" "));
        return { command_id: false, message: action === "listen" && "Ringing your phone" };
    });
    Object.assign(server, {
        pbxs: [{ id: 1, name: "Main", fault: false, actions: EVERYTHING }],
        teams: [{ id: 3, name: "North" }],
        rows: { queues: [makeQueue()], agents: [ALICE, BRUNO], calls: [] },
    });
});

async function openBoard(rows = {}) {
    Object.assign(server.rows, rows);
    const pyEnv = await startServer();
    await start();
    await getService("action").doAction({ type: "ir.actions.client", tag: "telephony_board" });
    await contains(".o_telephony_board");
    expect.verifySteps(["all"]);
    return pyEnv;
}

/** Let the bus say what changed, and the time pass in which the board asks for it. */
async function publish(pyEnv, payload) {
    await waitForChannels([CHANNEL]);
    pyEnv["bus.bus"]._sendone(CHANNEL, "telephony.board/changed", { pbx_id: 1, ...payload });
    await advanceTime(1000);
    await animationFrame();
}

async function openActions(number = "1001") {
    await click(`[data-agent='${number}'] button`);
    await contains(".o-dropdown--menu");
    return queryAllTexts(".o-dropdown--menu .dropdown-item");
}

async function choose(name, value) {
    const select = document.querySelector(`select[name=${name}]`);
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await animationFrame();
}

function shownAgents() {
    return queryAllTexts(".o_telephony_agent strong");
}

test("queues, agents and calls", async () => {
    await openBoard({
        queues: [makeQueue({ waiting: ["2026-01-05 09:59:30", "2026-01-05 09:59:50"] })],
        agents: [TALKING, BRUNO],
        calls: [makeCall()],
    });
    expect("[data-queue=support]").toHaveText(/1 of 2 free/);
    expect("[data-queue=support]").toHaveText(/2\s+waiting\s+since 0:3/);
    expect("[data-queue=support]").toHaveText(/Today: 4 answered, 1 missed/);
    expect("[data-agent='1001']").toHaveAttribute("data-state", "in_use");
    expect("[data-agent='1001']").toHaveText(/On the phone · 1:0/);
    expect("[data-agent='1001']").toHaveText(/Ada Example/);
    expect("[data-agent='1002']").toHaveText(/Free · 2:0/);
    expect(".o_telephony_calls tbody tr").toHaveCount(1);
    expect(".o_telephony_calls tbody tr").toHaveText(/Ada Example.*Alice/s);
});

test("what is empty says so", async () => {
    await openBoard({ queues: [], agents: [], calls: [] });
    expect(".o_telephony_board").toHaveText(/No queue is known/);
    expect(".o_telephony_board").toHaveText(/has an extension yet/);
    expect(".o_telephony_board").toHaveText(/Nobody is calling/);
});

test("a telephone system that is not connected is named", async () => {
    server.pbxs[0].fault = "Not reachable";
    await openBoard();
    expect(".o_telephony_board [role=alert]").toHaveText(/“Main” may be old: Not reachable/);
});

test("many changes are asked for at once, and shown where they are", async () => {
    const pyEnv = await openBoard();
    const bruno = document.querySelector("[data-agent='1002']");
    Object.assign(server.rows, { agents: [TALKING, BRUNO], calls: [makeCall()] });
    await publish(pyEnv, { calls: [7] });
    await contains(".o_telephony_calls tbody tr");
    expect.verifySteps(["changes 7 | "]);
    for (const payload of [{ calls: [8] }, { extensions: [1] }, { calls: [7] }]) {
        pyEnv["bus.bus"]._sendone(CHANNEL, "telephony.board/changed", { pbx_id: 1, ...payload });
    }
    await advanceTime(1000);
    await contains("[data-agent='1001'][data-state=in_use]");
    expect.verifySteps(["changes 8,7 | 1"]);
    server.rows.calls = [];
    await publish(pyEnv, { calls: [7] });
    await contains(".o_telephony_calls", { count: 0 });
    expect.verifySteps(["changes 7 | "]);
    expect(document.querySelector("[data-agent='1002']")).toBe(bruno);
});

test("where anything may have changed, all is read", async () => {
    const pyEnv = await openBoard();
    server.rows.agents = [ALICE];
    await publish(pyEnv, {});
    await contains(".o_telephony_agent", { count: 1 });
    expect.verifySteps(["all"]);
});

test("when the board is closed it asks for nothing more", async () => {
    const pyEnv = await openBoard();
    registry.category("actions").add("elsewhere", Elsewhere);
    await getService("action").doAction({ type: "ir.actions.client", tag: "elsewhere" });
    await contains(".o_telephony_board", { count: 0 });
    await waitForChannels([CHANNEL], { operation: "delete" });
    pyEnv["bus.bus"]._sendone(CHANNEL, "telephony.board/changed", { pbx_id: 1, calls: [7] });
    await advanceTime(1000);
    expect.verifySteps([]);
});

test("the filters", async () => {
    const chloe = makeAgent({ id: 3, number: "1003", name: "Chloe", queues: ["sales"] });
    await openBoard({
        queues: [makeQueue(), makeQueue({ id: 2, name: "sales" })],
        agents: [TALKING, BRUNO, chloe],
        calls: [makeCall()],
    });
    await choose("queue", "2");
    expect(shownAgents()).toEqual(["Chloe"]);
    expect("[data-queue]").toHaveCount(1);
    expect(".o_telephony_calls").toHaveCount(0);
    await choose("queue", "");
    await choose("team", "3");
    expect(shownAgents()).toEqual(["Bruno"]);
    await choose("team", "");
    await choose("state", "in_use");
    expect(shownAgents()).toEqual(["Alice"]);
    expect(".o_telephony_calls tbody tr").toHaveCount(1);
    await choose("state", "ringing");
    expect(".o_telephony_board").toHaveText(/No agent has this state now/);
});

test("a break begins with its reason", async () => {
    await openBoard();
    expect(await openActions()).toEqual(["Break…", "Log out of support"]);
    await click(".o_telephony_do_pause");
    await contains("#o_telephony_reason");
    const input = document.querySelector("#o_telephony_reason");
    input.value = "Lunch";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await click(".modal-footer .btn-primary");
    await contains(".modal", { count: 0 });
    expect.verifySteps(["pause 1 Lunch"]);
});

test("who has a break", async () => {
    await openBoard({ agents: [{ ...ALICE, paused_queues: ["support"], reason: "Lunch" }] });
    expect("[data-agent='1001']").toHaveText(/On a break: Lunch · 2:0/);
    expect("[data-queue=support]").toHaveText(/0 of 1 free/);
    expect(await openActions()).toEqual(["End the break", "Log out of support"]);
    await click(".o_telephony_do_resume");
    expect.verifySteps(["resume 1"]);
});

test("queues are entered and left", async () => {
    await openBoard({ queues: [makeQueue(), makeQueue({ id: 2, name: "sales" })] });
    await openActions();
    await click(".o_telephony_do_log_in");
    expect.verifySteps(["log_in 1 sales"]);
});

test("who talks can be listened to, where that is offered", async () => {
    await openBoard({ agents: [TALKING, { ...BRUNO, is_mine: true, availability: "in_use" }] });
    const spying = ["Listen", "Speak to the agent alone", "Join the call"];
    expect((await openActions()).slice(-3)).toEqual(spying);
    await click(".o_telephony_do_listen");
    await contains(".o_notification", { text: "Ringing your phone" });
    expect.verifySteps(["listen 1"]);
    expect(await openActions("1002")).not.toInclude("Listen");
});

test("what the telephone system does not offer is not shown", async () => {
    server.pbxs[0].actions = ["resume"];
    await openBoard({ agents: [TALKING] });
    expect("[data-agent='1001'] button").toHaveCount(0);
});
