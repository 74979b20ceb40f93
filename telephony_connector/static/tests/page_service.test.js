import { contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { waitUntil } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { mockService, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { EventBus } from "@odoo/owl";
import { Pages } from "@telephony_connector/services/page_service";
import {
    defineTelephonyModels,
    makePayload,
    sendPayload,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();
beforeEach(() => setupTelephony());

const PAYLOAD = makePayload({ open_page: true });

test("the page opens in one of two tabs, once, and the card shows in both", async () => {
    const pyEnv = await startServer();
    const [tab1, tab2] = [await start({ asTab: true }), await start({ asTab: true })];
    sendPayload(pyEnv, PAYLOAD);
    sendPayload(pyEnv, PAYLOAD);
    await contains(`${tab1.selector} .o_telephony_card`);
    await contains(`${tab2.selector} .o_telephony_card`);
    await contains(".o_notification", { text: "Page of call 1", count: 1 });
    sendPayload(pyEnv, {
        ...PAYLOAD,
        revision: 2,
        state: "ended",
        leg_state: "ended",
        outcome: "missed",
    });
    await contains(`${tab1.selector} .o_telephony_card`, { count: 0 });
    await contains(`${tab2.selector} .o_telephony_card`, { count: 0 });
});

test("a page that another browser has opened does not open here", async () => {
    const pyEnv = await startServer();
    await start();
    server.claimed.add(1);
    sendPayload(pyEnv, PAYLOAD);
    sendPayload(pyEnv, { ...PAYLOAD, id: 2 });
    await contains(".o_notification", { count: 1 });
    expect(".o_notification_content").toHaveText("Page of call 2");
});

test("a page that the server keeps back is asked for once more when they talk", async () => {
    const pyEnv = await startServer();
    const claims = [];
    onRpc("telephony.client", "claim_page", ({ args, parent }) => {
        claims.push(args[0]);
        return claims.length > 1 && parent();
    });
    await start();
    sendPayload(pyEnv, PAYLOAD);
    sendPayload(pyEnv, { ...PAYLOAD, revision: 2 });
    await contains(".o_telephony_card");
    await waitUntil(() => claims.length === 1);
    expect(".o_notification").toHaveCount(0);
    const talk = { ...PAYLOAD, state: "ongoing", leg_state: "ongoing" };
    sendPayload(pyEnv, { ...talk, revision: 3, open_page: false });
    sendPayload(pyEnv, { ...talk, revision: 4 });
    await contains(".o_notification", { text: "Page of call 1", count: 1 });
    expect(claims).toEqual([1, 1]);
});

test("a page that opened while the phone rang is asked for no more", async () => {
    const pyEnv = await startServer();
    onRpc("telephony.client", "claim_page", () => {
        expect.step("claim");
    });
    await start();
    sendPayload(pyEnv, PAYLOAD);
    await contains(".o_notification", { text: "Page of call 1", count: 1 });
    sendPayload(pyEnv, { ...PAYLOAD, revision: 2, state: "ongoing", leg_state: "ongoing" });
    await contains(".o_telephony_bar");
    await animationFrame();
    expect.verifySteps(["claim"]);
});

test("no page opens under the hands of who types; the call bar offers it", async () => {
    const pyEnv = await startServer();
    await start();
    const input = document.createElement("input");
    document.querySelector(".o_main_navbar").append(input);
    input.focus();
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    sendPayload(pyEnv, { ...PAYLOAD, state: "ongoing", leg_state: "ongoing" });
    await contains(".o_telephony_bar_page");
    expect(server.claimed.has(1)).toBe(true);
    await advanceTime(6000);
    expect(".o_telephony_bar_page").toHaveCount(1);
    // The pause is over.
    sendPayload(pyEnv, { ...PAYLOAD, id: 2 });
    await contains(".o_notification", { count: 1 });
    expect(".o_notification_content").toHaveText("Page of call 2");
});

test("a hidden tab that is not the main one leaves the page to the others", async () => {
    mockService("multi_tab", { isOnMainTab: async () => false, unregister() {} });
    patchWithCleanup(document, { hasFocus: () => false, visibilityState: "hidden" });
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, PAYLOAD);
    await contains(".o_telephony_card");
    await advanceTime(1000);
    expect(server.claimed.size).toBe(0);
});

function makePages({ activeElement = document, isOnMainTab = true, model } = {}) {
    return new Pages({
        action: { currentController: { action: { res_model: model } } },
        bus_service: { subscribe() {} },
        multi_tab: { isOnMainTab: async () => isOnMainTab },
        telephony: { bus: new EventTarget() },
        ui: { activeElement },
    });
}

test("of the tabs that nobody looks at, the main one opens the page", async () => {
    patchWithCleanup(document, { hasFocus: () => false, visibilityState: "hidden" });
    const answers = Promise.all([
        makePages({ isOnMainTab: true }).mayOpenPage(),
        makePages({ isOnMainTab: false }).mayOpenPage(),
    ]);
    await advanceTime(500);
    expect(await answers).toEqual([true, false]);
});

test("the tab before the user's eyes asks before a hidden one", async () => {
    const order = [];
    const record = (name) => (mayOpen) => mayOpen && order.push(name);
    patchWithCleanup(document, { hasFocus: () => false, visibilityState: "hidden" });
    const hidden = makePages().mayOpenPage().then(record("hidden"));
    patchWithCleanup(document, { visibilityState: "visible" });
    const visible = makePages({ isOnMainTab: false }).mayOpenPage().then(record("visible"));
    patchWithCleanup(document, { hasFocus: () => true });
    const focused = makePages({ isOnMainTab: false }).mayOpenPage().then(record("focused"));
    await advanceTime(500);
    await Promise.all([hidden, visible, focused]);
    expect(order).toEqual(["focused", "visible", "hidden"]);
});

test("no page opens behind a dialog", () => {
    expect(makePages().isUserBusy()).toBe(false);
    expect(makePages({ activeElement: document.createElement("div") }).isUserBusy()).toBe(true);
});

test("what is half entered keeps the page away, but for drafts of a call's page", () => {
    const buttons = document.createElement("div");
    buttons.className = "o_form_status_indicator_buttons";
    document.body.append(buttons);
    expect(makePages({ model: "res.partner" }).isUserBusy()).toBe(true);
    expect(makePages({ model: "telephony.registration" }).isUserBusy()).toBe(false);
    buttons.classList.add("invisible");
    expect(makePages({ model: "res.partner" }).isUserBusy()).toBe(false);
    buttons.remove();
});

/** The pages of calls, of which that of call 1 opened by itself; leaving it is a step. */
async function openByItself({ payload = makePayload(), activeElement = document } = {}) {
    const action = {
        currentController: { action: {}, jsId: "before" },
        async doAction() {
            const historyBack = () => expect.step("left");
            this.currentController = { action: {}, jsId: "page", config: { historyBack } };
        },
    };
    const pages = new Pages({
        action,
        bus_service: { subscribe() {} },
        multi_tab: { isOnMainTab: async () => true },
        telephony: {
            request: async () => true,
            bus: new EventBus(),
            calls: {},
            endedIds: new Set(),
        },
        ui: { activeElement: document },
    });
    patchWithCleanup(document, { hasFocus: () => true });
    await pages.offerPage(1, payload.leg_state, Promise.resolve());
    pages.services.ui.activeElement = activeElement;
    return { action, pages };
}

const TAKEN = makePayload({ leg_state: "ended", state: "ongoing" });

test("a page that opened by itself is left when somebody else talks", async () => {
    const { pages } = await openByItself();
    pages.closeTaken(makePayload({ leg_state: "ended" }));
    pages.closeTaken({ ...TAKEN, id: 2 });
    expect.verifySteps([]);
    pages.closeTaken(TAKEN);
    expect.verifySteps(["left"]);
    pages.closeTaken(TAKEN);
    expect.verifySteps([]);
});

test("a page that was answered while it was read is left at once", async () => {
    const { pages } = await openByItself();
    pages.services.telephony.calls[2] = { ...TAKEN, id: 2 };
    pages.services.action.currentController = { action: {}, jsId: "elsewhere" };
    await pages.offerPage(2, "ringing", Promise.resolve());
    expect.verifySteps(["left"]);
});

test("a page stays where its user did something, talked, or is elsewhere", async () => {
    for (const type of ["keydown", "pointerdown"]) {
        const { pages } = await openByItself();
        document.body.dispatchEvent(new Event(type, { bubbles: true }));
        pages.closeTaken(TAKEN);
    }
    const talked = await openByItself();
    talked.pages.closeTaken(makePayload({ leg_state: "ongoing", state: "ongoing" }));
    talked.pages.closeTaken(TAKEN);
    const missed = await openByItself();
    missed.pages.closeTaken(makePayload({ leg_state: "ended", state: "ended" }));
    missed.pages.closeTaken(TAKEN);
    const elsewhere = await openByItself();
    elsewhere.action.currentController = { action: {}, jsId: "elsewhere" };
    elsewhere.pages.closeTaken(TAKEN);
    const answered = await openByItself({ payload: makePayload({ leg_state: "ongoing" }) });
    answered.pages.closeTaken(TAKEN);
    const behindDialog = await openByItself({ activeElement: document.createElement("div") });
    behindDialog.pages.closeTaken(TAKEN);
    expect.verifySteps([]);
});
