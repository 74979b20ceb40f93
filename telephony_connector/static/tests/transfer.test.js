import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { onRpc, serverState } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makePayload,
    sendPayload,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const OWN = ".o_telephony_own_call";
const TALK = { state: "ongoing", leg_state: "ongoing", open_page: true };
const MARC = {
    model: "res.users",
    id: 9,
    name: "Marc",
    model_name: "User",
    number: "1002",
    number_display: "1002",
    field: false,
};
const PARKED = {
    id: 4,
    name: "Ada Example",
    parking_space: "751",
    parking_date: "2026-01-05 09:59:00",
    parked_by: "Marc",
    can_retrieve: true,
};

beforeEach(() => {
    setupTelephony();
    mockDate("2026-01-05 10:00:00", +0);
    onRpc("telephony.client", "control", ({ args }) => {
        expect.step(`control ${args.join(" ")}`);
        return { command_id: false };
    });
    onRpc("telephony.client", "claim_page", () => false);
});

/** Open the panel of somebody who talks. */
async function talk(payload = {}, card = {}) {
    const pyEnv = await startServer();
    await start();
    await click(".o_telephony_menu button");
    sendPayload(pyEnv, makePayload({ ...TALK, ...payload }), {
        controls: ["transfer", "attended_transfer"],
        ...card,
    });
    await contains(OWN);
    return pyEnv;
}

async function search(text) {
    await contains(`${OWN} .o_telephony_search input`);
    const input = document.querySelector(`${OWN} .o_telephony_search input`);
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await advanceTime(300);
}

test("a blind transfer is confirmed, and given up by Escape or Cancel", async () => {
    server.callees = [MARC];
    await talk();
    await click(`${OWN} [data-control=transfer]`);
    await contains(`${OWN} .o_telephony_target`, { text: "Transfer" });
    await search("Marc");
    await click(`${OWN} .o_telephony_callee`);
    await contains(`${OWN} .o_telephony_confirm`, { text: "Transfer to Marc" });
    await click(`${OWN} .o_telephony_cancel`);
    await contains(`${OWN} .o_telephony_target`, { count: 0 });
    await click(`${OWN} [data-control=transfer]`);
    await contains(`${OWN} .o_telephony_search input:focus`);
    await press("Escape");
    await contains(`${OWN} .o_telephony_target`, { count: 0 });
    await contains(".o_telephony_panel");
    await click(`${OWN} [data-control=transfer]`);
    await search("1002");
    await click(`${OWN} .o_telephony_callee`);
    await click(`${OWN} .o_telephony_confirm`);
    expect.verifySteps(["search Marc", "search 1002", "control 1 transfer 1002 false"]);
});

test("an attended transfer calls at once, since it can be taken back", async () => {
    server.callees = [MARC];
    await talk();
    await click(`${OWN} [data-control=attended_transfer]`);
    await search("Marc");
    await click(`${OWN} .o_telephony_callee`);
    expect.verifySteps(["search Marc", "control 1 attended_transfer 1002 false"]);
});

test("an attended transfer shows how far it is, and its ways out", async () => {
    const pyEnv = await talk(
        { consultation: "ringing", revision: 2 },
        { consulted: "Marc", controls: ["complete_transfer", "cancel_transfer"] }
    );
    await contains(`${OWN} .o_telephony_consultation`, { text: "Marc: ringing" });
    await contains(`${OWN} [data-control=conference]`, { count: 0 });
    sendPayload(pyEnv, makePayload({ ...TALK, consultation: "ongoing", revision: 3 }), {
        consulted: "Marc",
        controls: ["complete_transfer", "conference", "cancel_transfer"],
    });
    await contains(`${OWN} .o_telephony_consultation`, { text: "Marc: talking" });
    await contains(`${OWN} [data-control=complete_transfer]`, { text: "Complete" });
    await contains(`${OWN} [data-control=conference]`, { text: "Conference" });
    await click(`${OWN} [data-control=cancel_transfer]`, { text: "Back to the Caller" });
    expect.verifySteps(["control 1 cancel_transfer false false"]);
    sendPayload(pyEnv, makePayload({ ...TALK, consultation: "conference", revision: 4 }), {
        consulted: "Marc",
        controls: ["hangup"],
    });
    await contains(`${OWN} .o_telephony_consultation`, { text: "Conference with Marc" });
    sendPayload(pyEnv, makePayload({ ...TALK, revision: 5 }), { controls: ["hangup"] });
    await contains(`${OWN} .o_telephony_consultation`, { count: 0 });
});

test("a blind transfer says how it goes", async () => {
    const pyEnv = await talk();
    const sent = { state: "ongoing", leg_state: "ended", open_page: true };
    const card = { transferred_to: "Marc" };
    sendPayload(pyEnv, makePayload({ ...sent, transfer: "ringing", revision: 2 }), card);
    await contains(".o_telephony_card", { text: "Transferred to Marc: ringing" });
    sendPayload(pyEnv, makePayload({ ...sent, transfer: "ongoing", revision: 3 }), card);
    await contains(".o_telephony_card", { text: "Transferred to Marc: answered" });
    await advanceTime(6000);
    await contains(".o_telephony_card", { count: 0 });
});

test("a blind transfer that nobody answered says so", async () => {
    const pyEnv = await talk();
    const sent = { state: "ongoing", leg_state: "ended", open_page: true };
    sendPayload(pyEnv, makePayload({ ...sent, transfer: "ringing", revision: 2 }), {
        transferred_to: "Marc",
    });
    await contains(".o_telephony_card", { text: "Transferred to Marc: ringing" });
    sendPayload(pyEnv, makePayload({ ...sent, state: "ended", outcome: "answered", revision: 3 }));
    await contains(".o_telephony_card", { text: "Transferred to Marc: no answer" });
});

test("parked calls stand in the panel until somebody retrieves them", async () => {
    server.phone.parked = [PARKED, { ...PARKED, id: 5, parking_space: "752", can_retrieve: false }];
    const pyEnv = await startServer();
    await start();
    await click(".o_telephony_menu button");
    await contains(".o_telephony_parked li", { count: 2 });
    await contains(".o_telephony_parked li:first", { text: "Parked on 751 by Marc · 1:00" });
    await contains(".o_telephony_retrieve", { count: 1 });
    server.phone.parked = [PARKED];
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.parking/changed", {});
    await contains(".o_telephony_parked li", { count: 1 });
    await click(".o_telephony_retrieve");
    expect.verifySteps(["control 4 retrieve false false"]);
});

test("whoever parked a call retrieves it from its card", async () => {
    const pyEnv = await talk();
    sendPayload(
        pyEnv,
        makePayload({ ...TALK, leg_state: "ended", parking_space: "751", revision: 2 }),
        {
            controls: ["retrieve"],
        }
    );
    await contains(".o_telephony_card", { text: "Parked on 751" });
    await click(".o_telephony_card [data-control=retrieve]");
    expect.verifySteps(["control 1 retrieve false false"]);
});
