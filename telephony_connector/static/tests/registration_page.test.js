import { beforeEach, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { formatSeconds } from "@telephony_connector/fields/duration/duration_field";
import {
    defineTelephonyModels,
    getTelephony,
    makePayload,
    sendPayload,
    setupTelephony,
    TelephonyCall,
} from "./telephony_test_helpers";

class Page extends models.Model {
    _name = "page";

    call_id = fields.Many2one({ relation: "telephony.call" });
    duration = fields.Integer();
    note = fields.Char();
    state = fields.Char();

    _records = [
        { id: 1, call_id: 1, duration: 3723, note: "" },
        { id: 2, call_id: 1, state: "ringing" },
    ];
}

defineTelephonyModels();
defineModels([Page]);
beforeEach(() => {
    setupTelephony();
    TelephonyCall._records = [{ id: 1 }];
    onRpc("page", "web_read", () => expect.step("read"));
});

async function mountPage(resId = 1) {
    await mountView({
        type: "form",
        resModel: "page",
        resId,
        arch: `
            <form>
                <widget name="telephony_live_call"/>
                <field name="duration" widget="telephony_duration"/>
                <field name="note"/>
                <field name="state"/>
            </form>`,
    });
    expect.verifySteps(["read"]);
    const telephony = getTelephony();
    telephony.updateCall(makePayload({ state: "ongoing", leg_state: "ongoing", on_hold: false }));
    await animationFrame();
    return telephony;
}

test("durations are written as telephones show them", () => {
    expect([0, 59, 61, 3599, 3723, false, -5].map(formatSeconds)).toEqual([
        "0:00",
        "0:59",
        "1:01",
        "59:59",
        "1:02:03",
        "0:00",
        "0:00",
    ]);
});

test("the page shows how long the call was, and reads again when it ends", async () => {
    const telephony = await mountPage();
    // Whoever talks has the call bar.
    expect(".o_telephony_live_call").toHaveCount(0);
    expect(telephony.pageCallId).toBe(1);
    expect(".o_field_telephony_duration").toHaveText("1:02:03");
    telephony.updateCall(makePayload({ revision: 2, state: "ended", leg_state: "ended" }));
    await animationFrame();
    expect(".o_telephony_live_call").toHaveCount(0);
    expect.verifySteps(["read"]);
});

test("a call that rings without a card has its controls on the page", async () => {
    const telephony = await mountPage();
    telephony.updateCall(makePayload({ id: 1, revision: 2 }));
    Object.assign(telephony.calls[1], { controls: ["hangup"], title: "Incoming", isShown: true });
    await animationFrame();
    expect(".o_telephony_live_call").toHaveCount(0);
    telephony.dismiss(telephony.calls[1]);
    await animationFrame();
    expect(".o_telephony_live_call").toHaveText(/^Ringing/);
    expect(".o_telephony_live_call [data-control=hangup]").toHaveCount(1);
    expect.verifySteps(["read"]);
});

test("the page reads again where the first payload of the call says more than it does", async () => {
    await mountPage(2);
    expect.verifySteps(["read"]);
});

test("what is half filled in is not read over", async () => {
    const telephony = await mountPage();
    await contains("[name=note] input").edit("She asks for", { confirm: false });
    telephony.updateCall(makePayload({ revision: 2, state: "ended", leg_state: "ended" }));
    await animationFrame();
    expect("[name=note] input").toHaveValue("She asks for");
    expect.verifySteps([]);
});

test("the page reads again when somebody saves the call, also after its end", async () => {
    const telephony = await mountPage();
    telephony.updateCall(makePayload({ revision: 2, state: "ended", leg_state: "ended" }));
    await animationFrame();
    expect.verifySteps(["read"]);
    const saved = { revision: 2, state: "ended", leg_state: "ended", registration_revision: 1 };
    getService("bus_service").subscribe("telephony.call/changed", ({ id }) =>
        expect.step(`heard of ${id}`)
    );
    for (const id of [2, 1, 1]) {
        sendPayload(MockServer.env, makePayload({ ...saved, id }));
    }
    await expect.waitForSteps(["heard of 2", "read", "heard of 1", "heard of 1"], {
        ignoreOrder: true,
    });
});
