import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { queryRect } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains as find,
    makeServerError,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { CallBar } from "@telephony_connector/components/call_bar/call_bar";
import {
    defineTelephonyModels,
    getTelephony,
    makePayload,
    sendPayload,
    setupTelephony,
    TelephonyCall,
} from "./telephony_test_helpers";

const TALK = { state: "ongoing", leg_state: "ongoing", progress: "ongoing", revision: 2 };
const END = { state: "ended", leg_state: "ended", progress: "ended", revision: 3 };
const NOTE = ".o_telephony_bar textarea";

defineTelephonyModels();
beforeEach(() => {
    setupTelephony();
    TelephonyCall._records = [{ id: 1, note: "<p>Before</p>" }];
    onRpc("telephony.registration", "add_note", ({ args: [id, text] }) => {
        expect.step(`${id}: ${text}`);
        return `<p>Before</p><p>${text}</p>`;
    });
});

async function talk(card = {}) {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload(TALK), { answer_date: "2026-01-05 10:00:00", ...card });
    await contains(".o_telephony_bar_item");
    return pyEnv;
}

async function write(text) {
    await click(".o_telephony_bar_note");
    await contains(".o_telephony_bar_added", { text: "Before" });
    await find(NOTE).edit(text, { confirm: false });
}

test("whoever talks has the bar instead of a card: who it is, and since when", async () => {
    mockDate("2026-01-05 10:01:05", +0);
    const pyEnv = await talk();
    expect(".o_telephony_card").toHaveCount(0);
    expect(".o_telephony_bar_name").toHaveText("Ada Example");
    expect(".o_telephony_bar_number").toHaveText("+33 6 39 98 00 01");
    expect(".o_telephony_bar .o_telephony_timer").toHaveText("1:05");
    expect(".o_telephony_bar_hold").toHaveCount(0);
    expect(".o_telephony_bar_item [role=status]").toHaveText("On the phone");
    sendPayload(pyEnv, makePayload({ ...TALK, revision: 3, on_hold: true }));
    await contains(".o_telephony_bar_hold", { text: "On hold" });
    sendPayload(pyEnv, makePayload({ ...END, revision: 4 }));
    await contains(".o_telephony_bar", { count: 0 });
});

test("the bar takes its room from the page, below the navbar and before it in focus", async () => {
    await talk();
    const bar = queryRect(".o_telephony_bar");
    expect(bar.top >= queryRect(".o_main_navbar").bottom - 1).toBe(true);
    expect(queryRect(".o_action_manager").top >= bar.bottom - 1).toBe(true);
    expect(".o_telephony_bar + .o_action_manager").toHaveCount(1);
});

test("what the telephone system can do is in the bar", async () => {
    onRpc("telephony.client", "control", ({ args }) => {
        expect.step(`control ${args.slice(0, 2).join(" ")}`);
        return { call_id: 1, command_id: false, expires_in: 0 };
    });
    await talk({ controls: ["transfer", "hangup"] });
    await contains(".o_telephony_bar [data-control]", { count: 2 });
    await click(".o_telephony_bar [data-control='hangup']");
    await animationFrame();
    expect.verifySteps(["control 1 hangup"]);
});

test("who rings meanwhile has a card in the bar, not over the page", async () => {
    const pyEnv = await talk();
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_bar .o_telephony_card[data-call-id='2']");
    expect(".o_telephony_cards").toHaveCount(0);
    sendPayload(pyEnv, makePayload(END));
    await contains(".o_telephony_cards .o_telephony_card[data-call-id='2']");
    expect(".o_telephony_bar").toHaveCount(0);
});

test("a card stands in the bar while a call's page is open", async () => {
    const pyEnv = await startServer();
    await start();
    getTelephony().pageCallId = 1;
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_bar .o_telephony_card");
    expect(".o_telephony_cards").toHaveCount(0);
    expect(".o_telephony_card_open").toHaveCount(0);
});

test("calls that are to show nothing have no bar", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload({ ...TALK, id: 1, show_card: false }));
    sendPayload(pyEnv, makePayload({ ...TALK, id: 2 }));
    await contains(".o_telephony_bar_item[data-call-id='2']");
    expect(".o_telephony_bar_item").toHaveCount(1);
});

test("the page is one click away, unless it is open", async () => {
    await talk();
    await click(".o_telephony_bar_page");
    await contains(".o_notification", { text: "Page of call 1" });
    expect(".o_telephony_bar_item").toHaveCount(1);
    getTelephony().pageCallId = 1;
    await contains(".o_telephony_bar_page", { count: 0 });
});

test("a note is added below what is there", async () => {
    await talk();
    await click(".o_telephony_bar_note");
    await contains(".o_telephony_bar_added", { text: "Before" });
    expect(NOTE).toBeFocused();
    expect(".o_telephony_bar_add").not.toBeEnabled();
    await find(NOTE).edit("Wants <b>it</b>", { confirm: false });
    await click(".o_telephony_bar_add");
    await contains(".o_telephony_bar_added", { text: "it" });
    expect(NOTE).toHaveValue("");
    expect.verifySteps(["1: Wants <b>it</b>"]);
    await find(NOTE).press("Escape");
    await contains(NOTE, { count: 0 });
    expect.verifySteps([]);
});

test("closing keeps what was typed", async () => {
    await talk();
    await write("Wants it");
    await click(".o_telephony_bar_close");
    await contains(NOTE, { count: 0 });
    expect.verifySteps(["1: Wants it"]);
});

test("a note that the server refuses stays in the box", async () => {
    onRpc("telephony.registration", "add_note", () => {
        throw makeServerError({ type: "AccessError", message: "Not yours" });
    });
    await talk();
    await write("Wants it");
    await click(".o_telephony_bar_close");
    await contains(".o_notification", { text: "Not yours" });
    expect(NOTE).toHaveValue("Wants it");
});

test("whoever writes when the call ends goes on, and nothing of it is lost", async () => {
    const pyEnv = await talk();
    await write("Wants");
    sendPayload(pyEnv, makePayload(END));
    await contains(".o_telephony_bar_who", { text: "Call ended" });
    await advanceTime(9000);
    await find(NOTE).edit("Wants it", { confirm: false });
    await advanceTime(9000);
    expect.verifySteps([]);
    await advanceTime(2000);
    await contains(".o_telephony_bar", { count: 0 });
    expect.verifySteps(["1: Wants it"]);
});

test("a note is added once, however often one asks", async () => {
    const answer = new Deferred();
    onRpc("telephony.registration", "add_note", () => {
        expect.step("add");
        return answer;
    });
    await talk();
    await write("Wants it");
    await find(NOTE).press(["Control", "Enter"]);
    await find(NOTE).press(["Control", "Enter"]);
    await click(".o_telephony_bar_close");
    answer.resolve("<p>Wants it</p>");
    await contains(".o_telephony_bar_added", { text: "Wants it" });
    expect.verifySteps(["add"]);
});

test("what was typed is sent when the page is left", async () => {
    patchWithCleanup(browser.navigator, {
        sendBeacon: async (route, blob) => {
            const { params } = JSON.parse(await blob.text());
            expect.step(`${route} ${params.args.join(" ")}`);
        },
    });
    await talk();
    await write("Wants it");
    window.dispatchEvent(new Event("pagehide"));
    await expect.waitForSteps(["/web/dataset/call_kw/telephony.registration/add_note 1 Wants it"]);
});

test("the web client goes on where the bar fails", async () => {
    expect.errors(1);
    const pyEnv = await startServer();
    await start();
    patchWithCleanup(CallBar.prototype, {
        get isShown() {
            throw new Error("broken bar");
        },
    });
    sendPayload(pyEnv, makePayload(TALK));
    await expect.waitForErrors([/owl lifecycle/]);
    expect(".o_main_navbar").toHaveCount(1);
    expect(".o_action_manager").toHaveCount(1);
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_menu [data-line=talking]");
});

test("a note survives a lost connection in which the call ended", async () => {
    await talk();
    await write("Wants it");
    await getTelephony().load();
    await contains(".o_telephony_bar_who", { text: "Call ended" });
    expect(NOTE).toHaveValue("Wants it");
    await click(".o_telephony_bar_close");
    await contains(".o_telephony_bar", { count: 0 });
    expect.verifySteps(["1: Wants it"]);
});
