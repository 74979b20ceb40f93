import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAll } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { onRpc, serverState } from "@web/../tests/web_test_helpers";
import {
    PHONE,
    defineTelephonyModels,
    getDialer,
    makePayload,
    sendPayload,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const ADA = {
    model: "res.partner",
    id: 7,
    name: "Ada Example",
    model_name: "Contact",
    number: "+33 6 39 98 00 01",
    number_display: "+33 6 39 98 00 01",
    field: "phone",
};
const MARC = { ...ADA, model: "res.users", id: 9, name: "Marc", number: "1002", field: false };
const ENTRY = {
    id: 5,
    direction: "inbound",
    outcome: "missed",
    is_missed: true,
    colleague: false,
    number: "+33639980001",
    number_display: "+33 6 39 98 00 01",
    start_date: "2026-01-05 09:30:00",
    object: false,
};

beforeEach(() => {
    setupTelephony();
    mockDate("2026-01-05 10:00:00", +0);
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(["call", ...Object.values(params)].join(" "));
        return { call_id: 1, command_id: false, expires_in: 0, number_display: params.number };
    });
});

/** Set the line's state, start the client and open the panel. */
async function openPanel(phone = {}) {
    Object.assign(server.phone, phone);
    const pyEnv = await startServer();
    await start();
    await click(".o_telephony_menu button");
    await contains(".o_telephony_panel");
    return pyEnv;
}

async function type(text) {
    const input = document.querySelector(".o_telephony_search input");
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await advanceTime(200);
    await animationFrame();
}

for (const [line, text] of [
    ["ready", "1001 · Ready"],
    ["pbx_unreachable", "1001 · Not reachable"],
    ["no_listener", "1001 · Listener not running"],
]) {
    test(`the line: ${line}`, async () => {
        await openPanel({
            line,
            extensions: [{ ...PHONE.extensions[0], connection_text: "Not reachable" }],
        });
        expect(`.o_telephony_menu [data-line=${line}]`).toHaveCount(1);
        expect(".o_telephony_line").toHaveText(text);
        expect(".o_telephony_fault").toHaveCount(line === "ready" ? 0 : 1);
    });
}

test("the line while the index is built", async () => {
    await openPanel({ index_complete: false });
    expect(".o_telephony_line").toHaveText("1001 · Index of numbers being built");
});

test("who has no extension is told where it is set", async () => {
    await openPanel({ can_call: false, line: "no_extension", extensions: [] });
    expect(".o_telephony_line").toHaveText("No extension");
    expect(".o_telephony_search").toHaveCount(0);
    expect(".o_telephony_panel").toHaveText(/You have no extension yet/);
});

test("an extension that Odoo cannot make ring", async () => {
    await openPanel({ can_call: false });
    expect(".o_telephony_search").toHaveCount(0);
    expect(".o_telephony_panel").toHaveText(/Odoo cannot start calls on your telephone system/);
    expect(".o_telephony_panel").not.toHaveText(/You have no extension yet/);
});

test("who is not in the telephony group has no telephone", async () => {
    setupTelephony({ isUser: false });
    await startServer();
    await start();
    await contains(".o_user_menu");
    expect(".o_telephony_menu").toHaveCount(0);
});

test("the line follows the calls", async () => {
    const pyEnv = await startServer();
    await start();
    await contains(".o_telephony_menu [data-line=ready]");
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_menu [data-line=ringing]");
    sendPayload(pyEnv, makePayload({ revision: 2, state: "ongoing", leg_state: "ongoing" }), {
        answer_date: "2026-01-05 09:58:00",
    });
    await contains(".o_telephony_menu [data-line=talking]");
    // The time is the call bar's to tell.
    expect(".o_telephony_menu .o_telephony_timer").toHaveCount(0);
});

test("unknown callers who are too many to list are one line, which opens the list", async () => {
    server.phone.missed_count = 2;
    Object.assign(server.panel, { missed: [ENTRY], gathered: 9970 });
    onRpc("/web/action/load", async (request) => {
        const { params } = await request.json();
        expect.step(params.action_id);
        return { type: "ir.actions.act_window_close" };
    });
    await openPanel();
    await contains(".o_telephony_entry", { count: 2 });
    expect(".o_telephony_entry:last").toHaveText(/9,970 calls of unknown callers/);
    await click(".o_telephony_gathered");
    await contains(".o_telephony_panel", { count: 0 });
    expect.verifySteps(["telephony_connector.action_telephony_followup"]);
});

test("gathered callers alone are no empty list", async () => {
    server.phone.missed_count = 1;
    server.panel.gathered = 31;
    await openPanel();
    await contains(".o_telephony_gathered");
    expect(".o_telephony_panel").not.toHaveText(/No missed calls/);
});

test("the badge follows when unknown callers are dismissed", async () => {
    server.phone.missed_count = 3;
    const pyEnv = await startServer();
    await start();
    await contains(".o_telephony_badge", { text: "3" });
    server.phone.missed_count = 2;
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.call/dismissed", {});
    await contains(".o_telephony_badge", { text: "2" });
});

test("the badge counts missed calls, and follows when one is called back", async () => {
    server.phone.missed_count = 2;
    const pyEnv = await startServer();
    await start();
    await contains(".o_telephony_badge", { text: "2" });
    server.phone = { ...server.phone, missed_count: 1 };
    pyEnv["bus.bus"]._sendone(
        serverState.partnerId,
        "telephony.call/changed",
        makePayload({ id: 5, state: "ended", leg_state: "ended", outcome: "missed" })
    );
    await advanceTime(500);
    await contains(".o_telephony_badge", { text: "1" });
});

test("the shortcut opens the panel with the dial box ready, and closes it", async () => {
    await startServer();
    await start();
    await contains(".o_telephony_menu");
    await press(["alt", "shift", "p"]);
    await contains(".o_telephony_search input");
    expect(".o_telephony_search input").toBeFocused();
    await press(["alt", "shift", "p"]);
    await contains(".o_telephony_panel", { count: 0 });
});

test("a number is dialed with Enter, whatever was found", async () => {
    server.callees = [ADA];
    await openPanel();
    await type("0199001234");
    await contains(".o_telephony_callee");
    await press("Enter");
    await contains(".o_telephony_panel", { count: 0 });
    expect.verifySteps(["search 0199001234", "call 0199001234"]);
});

test("the arrows choose among those found, and the record is the clicked one", async () => {
    server.callees = [MARC, ADA];
    await openPanel();
    await type("ada");
    await contains(".o_telephony_callee", { count: 2 });
    await press("ArrowDown");
    await press("ArrowDown");
    await animationFrame();
    const input = document.querySelector(".o_telephony_search input");
    expect(`#${input.getAttribute("aria-activedescendant")}`).toHaveText(/Ada Example/);
    await press("Enter");
    await contains(".o_telephony_panel", { count: 0 });
    expect.verifySteps(["search ada", "call +33 6 39 98 00 01 res.partner 7 phone"]);
});

test("Enter after a name calls the first one, also before the search has come", async () => {
    server.callees = [MARC];
    await openPanel();
    const input = document.querySelector(".o_telephony_search input");
    input.value = "marc";
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await press("Enter");
    await contains(".o_telephony_panel", { count: 0 });
    // A colleague's extension belongs to no record.
    expect.verifySteps(["search marc", "call 1002"]);
});

test("missed calls are called back or ticked off", async () => {
    onRpc("telephony.call", "action_set_handled", ({ args }) => {
        expect.step(`handled ${args[0]}`);
        server.panel.missed = [];
        return true;
    });
    server.panel.missed = [ENTRY];
    server.panel.recent = [{ ...ENTRY, object: ADA }];
    await openPanel({ missed_count: 1 });
    await contains(".o_telephony_entry", { text: "+33 6 39 98 00 01" });
    await click(".o_telephony_handled");
    await contains(".o_telephony_entries", { text: "No missed calls left" });
    expect.verifySteps(["handled 5"]);
    await click("[data-tab=recent]");
    await click(".o_telephony_call_back");
    expect.verifySteps(["call +33639980001 telephony.call 5 number_display"]);
});

test("colleagues stand in the lists by name, busy lines among the missed", async () => {
    const internal = { direction: "internal", is_missed: false, outcome: "answered" };
    server.panel.recent = [
        { ...ENTRY, ...internal, colleague: "Marc", number: "1002", number_display: "1002" },
        { ...ENTRY, id: 6, outcome: "busy" },
        { ...ENTRY, id: 7, outcome: "busy", is_missed: false, direction: "outbound" },
        { ...ENTRY, id: 8, outcome: "unknown", is_missed: false, direction: "outbound" },
    ];
    await openPanel();
    await contains(".o_telephony_entry", { count: 4 });
    expect(".o_telephony_entry:first").toHaveText(/^Marc\n1002/);
    const kinds = queryAll(".o_telephony_entry > i").map((icon) => icon.title);
    expect(kinds).toEqual([
        "Internal call",
        "Missed call",
        "Outgoing call, not reached",
        "Outgoing call",
    ]);
    await click(".o_telephony_call_back:first");
    expect.verifySteps(["call 1002 telephony.call 5 number_display"]);
});

test("a withheld number can't be called back", async () => {
    server.panel.recent = [{ ...ENTRY, number: false, number_display: "Number withheld" }];
    await openPanel();
    await contains(".o_telephony_entry");
    expect(".o_telephony_call_back").toHaveCount(0);
});

test("colleagues show what they do, and are called by their extension", async () => {
    server.panel.colleagues = [
        { id: 9, name: "Marc", number: "1002", im_status: "online" },
        { id: 10, name: "Zoe", number: "1003", im_status: "away" },
    ];
    server.presences = [[9, "in_use"]];
    await openPanel();
    await click("[data-tab=colleagues]");
    await contains(".o_telephony_entry", { count: 2 });
    expect(".o_telephony_entry:first i:first").toHaveAttribute("aria-label", "Online");
    expect(".o_telephony_entry:first .o_telephony_presence i").toHaveAttribute(
        "aria-label",
        "On the phone"
    );
    expect(".o_telephony_entry:last i:first").toHaveAttribute("aria-label", "Away");
    expect(".o_telephony_entry:last .o_telephony_presence").toHaveCount(0);
    await click(".o_telephony_entry:first button");
    expect.verifySteps(["call 1002"]);
});

test("a call in progress has its controls, as its telephone system offers them", async () => {
    onRpc("telephony.client", "control", ({ args }) => {
        expect.step(`control ${args.join(" ")}`);
        return { command_id: false };
    });
    server.callees = [MARC];
    const pyEnv = await openPanel();
    sendPayload(pyEnv, makePayload({ state: "ongoing", leg_state: "ongoing" }), {
        controls: ["hangup", "transfer", "teleport"],
    });
    const own = ".o_telephony_own_call";
    await contains(`${own} [data-control]`, { count: 2 });
    await click(`${own} [data-control=transfer]`);
    await contains(`${own} .o_telephony_search input`);
    await click(`${own} [data-control=transfer]`);
    await contains(`${own} .o_telephony_search input`, { count: 0 });
    await click(`${own} [data-control=hangup]`);
    expect.verifySteps(["control 1 hangup false false"]);
});

test("a transfer to a number not to call is made after a confirmation", async () => {
    onRpc("telephony.client", "control", ({ args }) => {
        expect.step(`control ${args.join(" ")}`);
        return args[3] ? { command_id: false } : { confirm: "On the list. Call it anyway?" };
    });
    await startServer();
    await start();
    await getDialer().control({ id: 1 }, "transfer", "0612");
    await contains(".modal-body", { text: "On the list. Call it anyway?" });
    await click(".modal .btn-primary", { text: "Transfer Anyway" });
    await contains(".modal", { count: 0 });
    expect.verifySteps(["control 1 transfer 0612 false", "control 1 transfer 0612 true"]);
});

test("of several numbers to transfer to, the user chooses one", async () => {
    onRpc("telephony.client", "control", ({ args }) => {
        expect.step(`control ${args.join(" ")}`);
        return args[2] === "1, 2"
            ? { choose: ["1", "2"].map((number) => ({ number, number_display: number })) }
            : { command_id: false };
    });
    await startServer();
    await start();
    await getDialer().control({ id: 1 }, "transfer", "1, 2");
    await click(".o_telephony_number_choice", { text: "2" });
    await contains(".modal", { count: 0 });
    expect.verifySteps(["control 1 transfer 1, 2 false", "control 1 transfer 2 false"]);
});

test("the command palette calls names and numbers", async () => {
    server.callees = [ADA];
    await startServer();
    await start();
    await contains(".o_telephony_menu");
    await press(["control", "k"]);
    await contains(".o_command_palette input");
    const input = document.querySelector(".o_command_palette input");
    input.value = "+33 6 39 98";
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await advanceTime(300);
    await contains(".o_command", { count: 3 });
    expect(".o_command:first").toHaveText("Call Ada Example, +33 6 39 98 00 01");
    expect(".o_command:eq(1)").toHaveText("Call +33 6 39 98");
    await click(".o_command:eq(1)");
    expect.verifySteps(["search +33 6 39 98", "call +33 6 39 98"]);
});
