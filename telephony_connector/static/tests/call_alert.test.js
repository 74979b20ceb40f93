import { contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockService, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { CallAlert } from "@telephony_connector/services/call_alert_service";
import {
    defineTelephonyModels,
    makeCard,
    makePayload,
    sendPayload,
    setupTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();
beforeEach(() => setupTelephony());

function mockSound() {
    mockService("multi_tab", { isOnMainTab: async () => true, unregister() {} });
    mockService("mail.sound_effects", {
        play: (name, { loop }) => expect.step(`play ${name}${loop ? " on and on" : ""}`),
        stop: () => expect.step("stop"),
    });
}

test("a call that comes in rings while it does, if the user wants it", async () => {
    mockSound();
    const pyEnv = await startServer();
    await start();
    user.updateUserSettings("telephony_sound", true);
    sendPayload(pyEnv, makePayload());
    await expect.waitForSteps(["play call-invitation on and on"]);
    // A second one does not ring twice as loud.
    sendPayload(pyEnv, makePayload({ id: 2 }));
    await contains(".o_telephony_card", { count: 2 });
    sendPayload(pyEnv, makePayload({ id: 2, revision: 2, state: "ended", leg_state: "ended" }));
    await contains(".o_telephony_card", { count: 1 });
    expect.verifySteps([]);
    sendPayload(pyEnv, makePayload({ revision: 2, state: "ongoing", leg_state: "ongoing" }));
    await expect.waitForSteps(["stop"]);
});

test("no sound by default, and none for a call that one makes", async () => {
    mockSound();
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload());
    await contains(".o_telephony_card", { count: 1 });
    expect.verifySteps([]);
    user.updateUserSettings("telephony_sound", true);
    sendPayload(pyEnv, makePayload({ revision: 2, state: "ended", leg_state: "ended" }));
    await expect.waitForSteps(["stop"]);
    sendPayload(pyEnv, makePayload({ id: 2, direction: "outbound", progress: "calling" }));
    await contains(".o_telephony_card", { count: 1 });
    expect.verifySteps([]);
});

function makeAlert({ isOnMainTab = true, permission = "granted" } = {}) {
    class MockNotification extends EventTarget {
        static permission = permission;
        constructor(title, { body, tag }) {
            super();
            expect.step(`notify ${title}: ${body} (${tag})`);
        }
        close() {
            expect.step("close");
        }
    }
    patchWithCleanup(browser, { Notification: MockNotification });
    patchWithCleanup(document, { visibilityState: "hidden" });
    return new CallAlert({
        "mail.sound_effects": { play() {}, stop() {} },
        "telephony.pages": {
            isOnMainTab: async () => isOnMainTab,
            openPage: (call) => expect.step(`page ${call.id}`),
        },
    });
}

const CALL = makeCard({ is_incoming: true });
const NOTICE = "notify Incoming call: +33 6 39 98 00 01: Ada Example (telephony_call_1)";

test("the desktop is told while the tab is hidden, until the call rings no more", async () => {
    const alert = makeAlert();
    await alert.update([CALL]);
    await alert.update([CALL]);
    expect.verifySteps([NOTICE]);
    await alert.update([]);
    expect.verifySteps(["close"]);
});

test("the desktop's notification leads to the call's page", async () => {
    const alert = makeAlert();
    await alert.update([CALL]);
    alert.notifications[1].dispatchEvent(new Event("click"));
    expect.verifySteps([NOTICE, "page 1", "close"]);
});

test("one tab tells the desktop, with the user's leave, and not while Odoo is seen", async () => {
    await makeAlert({ isOnMainTab: false }).update([CALL]);
    await makeAlert({ permission: "default" }).update([CALL]);
    const alert = makeAlert();
    patchWithCleanup(document, { visibilityState: "visible" });
    await alert.update([CALL]);
    expect.verifySteps([]);
});
