import {
    after,
    beforeEach,
    expect,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAll,
    queryAllTexts,
    test,
} from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getMockEnv,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { Telephony } from "@telephony_connector/services/telephony_service";
import { defineTelephonyModels, getTelephony, setupTelephony } from "./telephony_test_helpers";

class Contact extends models.Model {
    _name = "contact";

    name = fields.Char();
    phone = fields.Char();

    _records = [
        { id: 1, name: "Ada", phone: "+33 6 39 98 00 01" },
        { id: 2, name: "Grace", phone: "01 99 00 00 01 | 06 39 98 00 02" },
        { id: 3, name: "Nobody", phone: false },
        { id: 4, name: "Somebody", phone: "Number withheld" },
    ];
}

const CHOICES = [
    { number: "+33199000001", number_display: "+33 1 99 00 00 01" },
    { number: "+33639980002", number_display: "+33 6 39 98 00 02" },
];

defineTelephonyModels();
defineModels([Contact]);
beforeEach(() => {
    setupTelephony();
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(["call", ...Object.values(params)].join(" "));
        if (params.number.includes("|")) {
            return { choose: CHOICES };
        }
        return { call_id: 1, command_id: false, expires_in: 0, number_display: params.number };
    });
});

const FORM = /* xml */ `
    <form>
        <widget name="telephony_call_button" options="{'field': 'phone'}"/>
        <field name="name"/>
        <field name="phone" widget="phone"/>
    </form>`;
const LIST = `<list><field name="name"/><field name="phone" widget="phone"/></list>`;

async function mountPhoneView(params) {
    await mountView({ resModel: "contact", ...params });
    await getTelephony().load();
    await animationFrame();
}

test("a form's number is called from its button, which names the record", async () => {
    await mountPhoneView({ type: "form", resId: 1, arch: FORM });
    expect(".o_field_phone .o_phone_form_link").toHaveCount(0);
    await contains(".o_field_phone .o_telephony_call").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
});

test("a form where one calls back says so", async () => {
    await mountPhoneView({
        type: "form",
        resId: 1,
        arch: `
            <form>
                <widget name="telephony_call_button"
                    options="{'field': 'phone', 'call_back': true}"/>
                <field name="phone"/>
            </form>`,
    });
    expect(".o_telephony_call_record.btn-primary").toHaveText("Call Back");
    await contains(".o_telephony_call_record").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
});

test("what was changed is saved before it is called", async () => {
    onRpc("contact", "web_save", ({ args }) => expect.step(`save ${args[1].phone}`));
    await mountPhoneView({ type: "form", resId: 1, arch: FORM });
    await contains(".o_field_phone input").edit("+33639980009");
    await contains(".o_field_phone .o_telephony_call").click();
    expect.verifySteps(["save +33639980009", "call +33639980009 contact 1 phone"]);
});

test("a record that is not stored yet is not saved by a call", async () => {
    await mountPhoneView({ type: "form", arch: FORM });
    await contains(".o_field_phone input").edit("+33639980009");
    await contains(".o_field_phone .o_telephony_call").click();
    expect.verifySteps(["call +33639980009"]);
});

test("of several numbers in a form, the user chooses one that the server read", async () => {
    await mountPhoneView({ type: "form", resId: 2, arch: FORM });
    await contains(".o_field_phone .o_telephony_call").click();
    expect.verifySteps(["call 01 99 00 00 01 | 06 39 98 00 02 contact 2 phone"]);
    expect(queryAllTexts(".o_telephony_number_choice")).toEqual([
        "+33 1 99 00 00 01",
        "+33 6 39 98 00 02",
    ]);
    await contains(".o_telephony_number_choice:last").click();
    await animationFrame();
    expect(".o_telephony_number_choice").toHaveCount(0);
    expect.verifySteps(["call +33639980002 contact 2 phone"]);
});

test("the choice is made by keyboard, or not at all", async () => {
    await mountPhoneView({ type: "form", resId: 2, arch: FORM });
    await contains(".o_telephony_call_record").click();
    expect(".o_telephony_number_choice:first").toBeFocused();
    await press("ArrowDown");
    expect(".o_telephony_number_choice:last").toBeFocused();
    await press("ArrowDown");
    expect(".o_telephony_number_choice:first").toBeFocused();
    await press("ArrowUp");
    await press("Enter");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([
        "call 01 99 00 00 01 | 06 39 98 00 02 contact 2 phone",
        "call +33639980002 contact 2 phone",
    ]);
    await contains(".o_telephony_call_record").click();
    await press("Escape");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps(["call 01 99 00 00 01 | 06 39 98 00 02 contact 2 phone"]);
});

test("a click with a modifier is left to the browser", async () => {
    await mountPhoneView({ type: "list", arch: LIST });
    const [link] = queryAll(".o_data_row:first a.o_telephony_call");
    link.addEventListener("click", (ev) => ev.preventDefault());
    for (const key of ["altKey", "ctrlKey", "metaKey", "shiftKey"]) {
        await manuallyDispatchProgrammaticEvent(link, "click", { [key]: true });
    }
    expect.verifySteps([]);
    expect(link).toHaveAttribute("href", "tel:+33639980001");
});

test("the record's Call button calls the same way", async () => {
    await mountPhoneView({ type: "form", resId: 1, arch: FORM });
    await contains(".o_telephony_call_record").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
});

test("no button where there is no number", async () => {
    await mountPhoneView({ type: "form", resId: 3, arch: FORM });
    expect(".o_telephony_call").toHaveCount(0);
    expect(".o_telephony_call_record").toHaveCount(0);
});

test("the text of a list's cell is called by a click, and the row stays closed", async () => {
    await mountPhoneView({
        type: "list",
        arch: LIST,
        selectRecord: () => expect.step("open"),
    });
    expect(".o_data_row:eq(1) a.o_telephony_call").toHaveText("01 99 00 00 01 | 06 39 98 00 02");
    expect(".o_data_row:eq(2) a").toHaveCount(0);
    await contains(".o_data_row:eq(1) a.o_telephony_call").click();
    await contains(".o_telephony_number_choice:first").click();
    expect.verifySteps([
        "call 01 99 00 00 01 | 06 39 98 00 02 contact 2 phone",
        "call +33199000001 contact 2 phone",
    ]);
});

test("a kanban card's number is called by a click, and the card stays closed", async () => {
    await mountPhoneView({
        type: "kanban",
        arch: `
            <kanban>
                <templates>
                    <t t-name="card"><field name="phone" widget="phone"/></t>
                </templates>
            </kanban>`,
        selectRecord: () => expect.step("open"),
    });
    await contains(".o_kanban_record:first a.o_telephony_call").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
});

test("a call's number is called by a click; a withheld one is words", async () => {
    await mountPhoneView({
        type: "list",
        arch: `<list><field name="phone" widget="telephony_number"/></list>`,
    });
    await contains(".o_data_row:first a.o_telephony_call").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
    expect(".o_data_row:last").toHaveText("Number withheld");
    expect(".o_data_row:last a").toHaveCount(0);
});

test("a read-only form field is called by its number", async () => {
    await mountPhoneView({
        type: "form",
        resId: 1,
        arch: `<form><field name="phone" widget="phone" readonly="1"/></form>`,
    });
    expect("a.o_form_uri").toHaveCount(1);
    await contains("a.o_telephony_call").click();
    expect.verifySteps(["call +33 6 39 98 00 01 contact 1 phone"]);
});

for (const [who, setup] of [
    ["who has no extension", { phone: { can_call: false } }],
    ["who is not in the telephony group", { isUser: false }],
]) {
    test(`${who} gets the plain link`, async () => {
        setupTelephony(setup);
        await mountPhoneView({ type: "list", arch: LIST });
        expect(".o_telephony_call").toHaveCount(0);
        expect(".o_data_row:first a").toHaveAttribute("href", "tel:+33639980001");
    });

    test(`${who} gets the form's plain link`, async () => {
        setupTelephony(setup);
        await mountPhoneView({ type: "form", resId: 1, arch: FORM });
        expect(".o_telephony_call, .o_telephony_call_record").toHaveCount(0);
        expect(".o_phone_form_link").toHaveAttribute("href", "tel:+33639980001");
    });
}

test("the field steps aside for another softphone, where the user chose it", async () => {
    registry.category("services").add("voip_oca", { start: () => ({}) });
    after(() => registry.category("services").remove("voip_oca"));
    onRpc("res.users.settings", "set_res_users_settings", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.new_settings));
        return kwargs.new_settings;
    });
    await mountPhoneView({ type: "form", resId: 1, arch: FORM });
    expect(".o_field_phone .o_telephony_call").toHaveCount(1);
    await getTelephony().setUsesOtherSoftphone(true);
    await animationFrame();
    expect(".o_telephony_call, .o_telephony_call_record").toHaveCount(0);
    expect(".o_phone_form_link").toHaveCount(1);
    expect.verifySteps(['{"telephony_other_softphone":true}']);
});

test("a choice for a softphone that is gone changes nothing", async () => {
    await mountPhoneView({ type: "form", resId: 1, arch: FORM });
    expect(getTelephony().hasOtherSoftphone).toBe(false);
    expect(new Telephony(getMockEnv().services).usesOtherSoftphone).toBe(false);
});
