import {
    click,
    contains,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { serverState } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    mockCalls,
    getTelephony,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

const NUMBERS = [
    { model: "res.partner", res_id: 3, field: "phone", number: "06 39 98 00 01", label: false },
    { model: "telephony.phone", res_id: 8, field: "number", number: "+49 30 1", label: "Work" },
];

defineTelephonyModels();
beforeEach(() => {
    setupTelephony();
    mockCalls();
});

async function openActivity(activity_category) {
    server.activityNumbers = NUMBERS;
    const pyEnv = await startServer();
    const [type] = pyEnv["mail.activity.type"].search([["name", "=", "Call"]]);
    const activityId = pyEnv["mail.activity"].create({
        activity_category,
        activity_type_id: type,
        can_write: true,
        res_id: serverState.partnerId,
        res_model: "res.partner",
        state: "today",
        user_id: serverState.userId,
    });
    pyEnv["res.partner"].write([serverState.partnerId], { activity_ids: [activityId] });
    await start();
    await getTelephony().load();
    await openFormView("res.partner", serverState.partnerId, {
        arch: `<form><sheet><field name="activity_ids" widget="kanban_activity"/></sheet><chatter/></form>`,
    });
    await contains(".o-mail-Activity");
}

test("an activity of the kind Call calls, and is marked done as usual", async () => {
    await openActivity("phonecall");
    await contains(".o-mail-Activity a.o_telephony_call", { count: 2 });
    await click(".o-mail-Activity a.o_telephony_call", { text: "+49 30 1Work" });
    await contains(".o_telephony_card, .o_telephony_cards");
    expect.verifySteps(["call +49 30 1 telephony.phone 8 number"]);
    await click(".o-mail-Activity-markDone");
    await contains(".o-mail-ActivityMarkAsDone");
});

test("so it does in the list of a record's activities", async () => {
    await openActivity("phonecall");
    await click(".o-mail-ActivityButton");
    await click(".o-mail-ActivityListPopoverItem a.o_telephony_call:first");
    await contains(".o-mail-ActivityListPopoverItem");
    expect.verifySteps(["call 06 39 98 00 01 res.partner 3 phone"]);
});

test("an activity of another kind shows no number", async () => {
    await openActivity("default");
    await contains(".o_telephony_activity_numbers", { count: 0 });
});

test("who has no extension gets the plain link", async () => {
    setupTelephony({ phone: { can_call: false } });
    await openActivity("phonecall");
    await contains(".o-mail-Activity a[href='tel:0639980001']", { text: "06 39 98 00 01" });
    await contains(".o_telephony_call", { count: 0 });
});
