import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { onRpc, serverState } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makePayload,
    mockCalls,
    sendPayload,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const CARD = ".o_telephony_wrap_up";
const WRAP_UP = {
    id: 1,
    name: "Ada Example",
    number: "+33639980001",
    number_display: "+33 6 39 98 00 01",
    direction: "outbound",
    outcome_text: "Busy",
    duration: 0,
    object: { model: "res.partner", id: 7, name: "Ada Example", model_name: "Contact" },
    disposition_id: false,
    dispositions: [{ id: 3, name: "Interested" }],
    revision: 0,
    can_retry: true,
    next_missed: { id: 9, number: "+33639980002", name: "Bob" },
};

beforeEach(() => {
    setupTelephony();
    mockDate("2026-01-05 10:00:00", +0);
    mockCalls();
    onRpc("telephony.card", "read_wrap_up", ({ args }) => server.wrapUps[args[0]] || false);
    onRpc("telephony.card", "save_wrap_up", ({ args }) => {
        expect.step(["save", ...args].join(" "));
        return true;
    });
    onRpc("telephony.agent", "resume", () => {
        expect.step("resume");
        return { command_id: false };
    });
});

/** An own call that ends, with what is left to do. */
async function endCall(payload = {}, wrapUp = {}) {
    server.wrapUps = { 1: { ...WRAP_UP, ...wrapUp } };
    const pyEnv = await startServer();
    await start();
    const outgoing = { direction: "outbound", progress: "calling", ...payload };
    sendPayload(pyEnv, makePayload(outgoing));
    await contains(".o_telephony_card");
    sendPayload(
        pyEnv,
        makePayload({
            ...outgoing,
            revision: 2,
            state: "ended",
            leg_state: "ended",
            outcome: "busy",
        })
    );
    return pyEnv;
}

test("an outgoing call that ended leaves its name, a note and a retry", async () => {
    await endCall();
    await contains(CARD, { text: "Ada Example" });
    await contains(".d-none .o_telephony_card", { count: 1, visible: false });
    await contains(`${CARD} .text-muted`, { text: "Busy · +33 6 39 98 00 01" });
    await click(`${CARD}_retry`);
    await contains(CARD, { count: 0 });
    expect.verifySteps(["call +33639980001 telephony.call 1 number_display"]);
});

test("result and note are saved, and one click makes ready", async () => {
    server.phone.agent = { queues: [], is_wrapping_up: true };
    await endCall();
    await contains(CARD);
    const note = document.querySelector(`${CARD} textarea`);
    note.value = "Call in May";
    note.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const result = document.querySelector(`${CARD} select`);
    result.value = "3";
    result.dispatchEvent(new Event("change", { bubbles: true }));
    await click(`${CARD}_ready`);
    await contains(CARD, { count: 0 });
    expect.verifySteps(["save 1 Call in May 3 0", "resume"]);
});

test("the next missed caller is called from it", async () => {
    await endCall();
    await click(`${CARD}_next`, { text: "Next missed: Bob" });
    expect.verifySteps(["call +33639980002 telephony.call 9 number_display"]);
});

test("a call that was saved elsewhere needs no wrap-up", async () => {
    const pyEnv = await endCall();
    await contains(CARD);
    pyEnv["bus.bus"]._sendone(
        serverState.partnerId,
        "telephony.call/changed",
        makePayload({ revision: 2, state: "ended", leg_state: "ended", registration_revision: 1 })
    );
    await contains(CARD, { count: 0 });
});

test("a caller of nobody's has no note here, and it closes", async () => {
    await endCall({}, { object: false, next_missed: false });
    await contains(CARD);
    await contains(`${CARD} textarea`, { count: 0 });
    await click(`${CARD}_close`);
    await contains(CARD, { count: 0 });
});

test("an incoming call that nobody took leaves nothing to do", async () => {
    server.wrapUps = { 1: { ...WRAP_UP, direction: "inbound" } };
    onRpc("telephony.card", "read_wrap_up", () => expect.step("read"));
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card");
    const over = { state: "ended", leg_state: "ended", outcome: "missed" };
    sendPayload(pyEnv, makePayload({ ...over, revision: 2 }));
    await contains(".o_telephony_card", { count: 0 });
    expect.verifySteps([]);
});
