import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import {
    asyncStep,
    getService,
    onRpc,
    serverState,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    getTelephony,
    makeCard,
    makePayload,
    makePage,
    sendPayload,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

defineTelephonyModels();
beforeEach(() => setupTelephony());

const OUTBOUND = { direction: "outbound", progress: "own_phone" };

test("an incoming call shows who it is", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload(), { caller_name: "<b>ADA</b>", queue: "Sales" });
    await contains(".o_telephony_card", { count: 1 });
    expect(".o_telephony_card_title").toHaveText("Incoming call: +33 6 39 98 00 01");
    expect(".o_telephony_card_status").toHaveText("Ringing");
    expect(".o_telephony_card_record").toHaveText("Ada Example\nContact");
    // What the caller's side sends is text.
    expect(".o_telephony_card_caller").toHaveText("<b>ADA</b>");
    expect(".o_telephony_card_body").toHaveText(/Sales · Main$/);
    expect("[role=status]:contains(Incoming)").toHaveText(
        "Incoming call: +33 6 39 98 00 01, Ada Example, Ringing"
    );
});

test("who is not in the telephony group hears of no calls", async () => {
    setupTelephony({ isUser: false });
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    getService("bus_service").subscribe("telephony.call/changed", () => asyncStep("heard"));
    await waitForSteps(["heard"]);
    expect(getTelephony().calls).toEqual({});
});

test("several matches are listed, with a doubt about one and how many more there are", async () => {
    const pyEnv = await startServer();
    await start();
    const matches = [1, 2].map((id) => ({
        exact: id === 1,
        reason: id === 1 ? "Same number" : "Company's number",
        model: "crm.lead",
        id,
        name: `Lead ${id}`,
        model_name: "Lead",
    }));
    sendPayload(pyEnv, makePayload(), { object: false, matches, match_count: 5 });
    await contains(".o_telephony_card_record", { count: 2 });
    expect(".o_telephony_card_more").toHaveText("and 3 more");
    expect(".o_telephony_card_reason").toHaveText("Company's number");
});

test("what the user may not see is said to be known, and not named", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload(), { object: false, matches: [], match_count: 0, hidden: true });
    await contains(".o_telephony_card_hidden", {
        text: "Known in the company, but not visible to you",
    });
    expect(".o_telephony_card_record").toHaveCount(0);
    expect(".o_telephony_card_unknown").toHaveCount(0);
});

test("what one wants to know at once comes after the card", async () => {
    const pyEnv = await startServer();
    server.details[1] = {
        company: "Example & Sons",
        city: "Lyon",
        salesperson: "Marc",
        tags: ["VIP"],
        deals: "2 open opportunities, $ 1,200.00",
        last_call: { date: "2026-01-02 10:00:00", user: "Marc", outcome: "answered" },
        last_note: "Wants a quote",
    };
    await start();
    mockDate("2026-01-05 10:00:00", +0);
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card_place", { text: "Example & Sons, Lyon" });
    expect(".o_telephony_card_tag").toHaveText("VIP");
    expect(".o_telephony_card_deals").toHaveText("2 open opportunities, $ 1,200.00");
    expect(".o_telephony_card_last").toHaveText("Last call 3 days ago, with Marc");
    expect(".o_telephony_card_note").toHaveText("Wants a quote");
});

test("the last call tells whether anybody talked to them", async () => {
    const pyEnv = await startServer();
    const date = "2026-01-02 10:00:00";
    server.details = {
        1: { last_call: { date, user: false, outcome: "declined", is_missed: true } },
        2: { last_call: { date, user: "Marc", outcome: "busy", is_missed: false } },
        3: { last_call: { date, user: false, outcome: "failed", is_missed: false } },
        4: { last_call: { date, user: false, outcome: "answered", is_missed: false } },
        5: { last_call: { date, user: "Marc", outcome: "unknown", is_missed: false } },
    };
    await start();
    mockDate("2026-01-05 10:00:00", +0);
    for (const id of [1, 2, 3, 4, 5]) {
        sendPayload(pyEnv, makePayload({ id }));
    }
    await contains(".o_telephony_card_last", { count: 5 });
    expect(queryAllTexts(".o_telephony_card_last")).toEqual([
        "Missed 3 days ago",
        "Not reached 3 days ago, by Marc",
        "Not reached 3 days ago",
        "Last call 3 days ago",
        "Last call 3 days ago, with Marc",
    ]);
});

test("an own phone that forwards the call is told from a caller's", async () => {
    const pyEnv = await startServer();
    await start();
    const forwarded = { diverted_from: "1001" };
    sendPayload(pyEnv, makePayload({ id: 1 }), forwarded);
    sendPayload(pyEnv, makePayload({ ...OUTBOUND, id: 2 }), forwarded);
    await contains(".o_telephony_card_diverted", { count: 2 });
    expect(queryAllTexts(".o_telephony_card_diverted")).toEqual([
        "The number may be another party's. Forwarded by 1001",
        "The call to your phone is forwarded by 1001",
    ]);
});

test("an unknown caller is said to be unknown", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload(), { object: false, matches: [], match_count: 0 });
    await contains(".o_telephony_card_unknown", { text: "Unknown caller" });
});

test("an unknown caller's page begins with what the user says", async () => {
    onRpc("telephony.call", "action_open_page", ({ kwargs }) => {
        expect.step(`open ${kwargs.start}`);
        return makePage(1);
    });
    const pyEnv = await startServer();
    await start();
    const unknown = { object: false, matches: [], match_count: 0 };
    sendPayload(pyEnv, makePayload(), { ...unknown, new_kinds: ["person"] });
    await contains("[data-start]", { count: 2 });
    expect("[data-start]:first").toHaveText("New contact");
    await click("[data-start=existing]");
    expect.verifySteps(["open existing"]);
    await contains(".o_telephony_card", { count: 0 });
    // Nobody has a withheld number.
    sendPayload(pyEnv, makePayload({ id: 2 }), { ...unknown, number: false, withheld: true });
    await contains(".o_telephony_card");
    expect("[data-start]").toHaveCount(0);
});

test("cards stack, and leave the focus where it is", async () => {
    const pyEnv = await startServer();
    await start();
    const input = document.createElement("input");
    document.querySelector(".o_main_navbar").append(input);
    input.focus();
    sendPayload(pyEnv, makePayload());
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_card", { count: 2 });
    expect(document.activeElement).toBe(input);
});

test("the card says who answered and goes", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card_open", { count: 1 });
    sendPayload(pyEnv, makePayload({ revision: 2, state: "ongoing", leg_state: "ended" }), {
        answered_by: "Grace Example",
    });
    await contains(".o_telephony_card_status", { text: "Answered by Grace Example" });
    expect(".o_telephony_card_open").toHaveCount(0);
    await advanceTime(5000);
    await contains(".o_telephony_card", { count: 0 });
});

test("who answered is told also where the own phone falls silent first", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card");
    sendPayload(pyEnv, makePayload({ revision: 2, leg_state: "ended" }));
    await contains(".o_telephony_card_status", { text: "Ringing elsewhere" });
    sendPayload(pyEnv, makePayload({ revision: 3, state: "ongoing", leg_state: "ended" }), {
        answered_by: "Grace Example",
    });
    await contains(".o_telephony_card_status", { text: "Answered by Grace Example" });
    await advanceTime(4900);
    expect(".o_telephony_card").toHaveCount(1);
    await advanceTime(200);
    await contains(".o_telephony_card", { count: 0 });
});

test("the card goes where the own phone fell silent, and is back when it rings again", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card");
    sendPayload(pyEnv, makePayload({ revision: 2, leg_state: "ended" }));
    await contains(".o_telephony_card_status", { text: "Ringing elsewhere" });
    sendPayload(pyEnv, makePayload({ revision: 3 }));
    await contains(".o_telephony_card_status", { text: "Ringing" });
    await advanceTime(2100);
    expect(".o_telephony_card").toHaveCount(1);
    sendPayload(pyEnv, makePayload({ revision: 4, leg_state: "ended" }));
    await contains(".o_telephony_card_status", { text: "Ringing elsewhere" });
    await advanceTime(2100);
    await contains(".o_telephony_card", { count: 0 });
});

test("the card goes at once when the caller gives up", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card", { count: 1 });
    sendPayload(
        pyEnv,
        makePayload({ revision: 2, state: "ended", leg_state: "ended", outcome: "missed" })
    );
    await contains(".o_telephony_card", { count: 0 });
});

test("messages that come twice or late bring nothing back", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(
        pyEnv,
        makePayload({ revision: 3, on_hold: true, state: "ongoing", leg_state: "ongoing" })
    );
    await contains(".o_telephony_bar_hold", { text: "On hold" });
    sendPayload(pyEnv, makePayload({ revision: 2 }));
    sendPayload(pyEnv, makePayload({ revision: 3 }));
    sendPayload(pyEnv, makePayload({ id: 3 }));
    await contains(".o_telephony_card[data-call-id='3']");
    expect(".o_telephony_bar_item[data-call-id='1'] .o_telephony_bar_hold").toHaveCount(1);
    sendPayload(pyEnv, makePayload({ revision: 4, state: "ended", leg_state: "ended" }));
    await contains(".o_telephony_bar_item", { count: 0 });
    sendPayload(pyEnv, makePayload({ revision: 5 }));
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_card[data-call-id='2']");
    expect(".o_telephony_card[data-call-id='1']").toHaveCount(0);
});

test("“Not now” takes the card away for good", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await click(".o_telephony_card button", { text: "Not now" });
    await contains(".o_telephony_card", { count: 0 });
    sendPayload(pyEnv, makePayload({ revision: 2 }));
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_card[data-call-id='2']");
    expect(".o_telephony_card[data-call-id='1']").toHaveCount(0);
});

test("“Open page” opens the call's page", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await click(".o_telephony_card_open");
    await contains(".o_telephony_card", { count: 0 });
    await contains(".o_notification", { text: "Page of call 1" });
});

test("an outgoing call shows how far it has come and what became of it", async () => {
    const pyEnv = await startServer();
    await start();
    const title = "Outgoing call: +33 6 39 98 00 01";
    sendPayload(pyEnv, makePayload(OUTBOUND), { title });
    await contains(".o_telephony_card_status", { text: "Ringing your phone" });
    sendPayload(pyEnv, makePayload({ ...OUTBOUND, revision: 2, progress: "calling" }), { title });
    await contains(".o_telephony_card_status", { text: "Calling" });
    sendPayload(
        pyEnv,
        makePayload({
            ...OUTBOUND,
            revision: 3,
            state: "ended",
            leg_state: "ended",
            outcome: "busy",
        })
    );
    await contains(".o_telephony_card_status", { text: "Busy" });
    expect(".o_telephony_card_open").toHaveCount(0);
    await advanceTime(5000);
    await contains(".o_telephony_card", { count: 0 });
});

test("an internal call comes in at one end only", async () => {
    const pyEnv = await startServer();
    await start();
    // Both phones ring while one calls the other by hand: who calls, the server says.
    const internal = { direction: "internal", progress: "calling", leg_state: "ringing" };
    sendPayload(pyEnv, makePayload({ ...internal, id: 1, is_incoming: true }));
    sendPayload(pyEnv, makePayload({ ...internal, id: 2, is_incoming: false }));
    sendPayload(
        pyEnv,
        makePayload({ ...internal, id: 3, is_incoming: false, leg_state: "ongoing" })
    );
    await contains(".o_telephony_card_status", { count: 3 });
    expect(".o_telephony_card[data-call-id='1'] .o_telephony_card_status").toHaveText("Ringing");
    expect(".o_telephony_card[data-call-id='2'] .o_telephony_card_status").toHaveText("Calling");
    expect(".o_telephony_card[data-call-id='3'] .o_telephony_card_status").toHaveText("Calling");
});

test("calls that run when the client starts have their card", async () => {
    setupTelephony({ phone: { open_calls: [4] } });
    const pyEnv = await startServer();
    server.cards[4] = makeCard({ id: 4 });
    await start();
    await contains(".o_telephony_card[data-call-id='4']", { count: 1 });
    // It ended while the connection was cut.
    server.phone.open_calls = [];
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.pbx/changed", { id: 1 });
    await contains(".o_telephony_card", { count: 0 });
});

test("a blocked caller is marked", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload(), { blocked: "Blocked caller · advertising" });
    await contains(".o_telephony_card_blocked", { text: "Blocked caller · advertising" });
});
