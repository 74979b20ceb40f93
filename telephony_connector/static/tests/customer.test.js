import { beforeEach, expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, setupTelephony, TelephonyCall } from "./telephony_test_helpers";

class Page extends models.Model {
    _name = "page";

    call_id = fields.Many2one({ relation: "telephony.call" });
    object_ref = fields.Reference({ selection: [["customer", "Customer"]] });
    note = fields.Char();
    pick = fields.Char({
        onChange: (page) => {
            page.object_ref = "customer,8";
        },
    });

    _records = [{ id: 1, call_id: 1, object_ref: "customer,7" }, { id: 2 }];
}

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();

    _records = [
        { id: 7, name: "Ada" },
        { id: 8, name: "Bea" },
    ];
}

const MORE = { type: "ir.actions.act_window", res_model: "crm.lead" };

function makeSection(values = {}) {
    return {
        key: "opportunities",
        title: "Open Opportunities",
        icon: "fa-star-o",
        count: 1,
        more: false,
        lines: [
            {
                key: 5,
                model: "crm.lead",
                id: 5,
                name: "Fleet",
                text: "$ 1,200 · New",
                note: "",
                is_late: false,
            },
        ],
        ...values,
    };
}

defineTelephonyModels();
defineModels([Page, Customer]);

let answers;
beforeEach(() => {
    setupTelephony();
    TelephonyCall._records = [{ id: 1 }];
    answers = {};
    onRpc("telephony.customer", "read_sections", ({ args }) => {
        expect.step(args.join(" "));
        return answers[args[1]] || [];
    });
    mockService("action", {
        doAction({ res_model, res_id }) {
            expect.step(`open ${res_model} ${res_id || "all"}`);
        },
    });
});

async function mountPage(resId = 1) {
    await mountView({
        type: "form",
        resModel: "page",
        resId,
        arch: `
            <form>
                <field name="object_ref"/>
                <field name="note"/>
                <field name="pick"/>
                <widget name="telephony_customer"/>
            </form>`,
    });
    await animationFrame();
}

test("what is open stands beside the page, one click away", async () => {
    const [line] = makeSection().lines;
    const late = { ...line, key: 6, id: 6, text: "Yesterday", note: "Wants it", is_late: true };
    answers[7] = [makeSection({ count: 9, more: MORE, lines: [line, late] })];
    await mountPage();
    expect.verifySteps(["customer 7 1"]);
    expect("section[data-section=opportunities] h2").toHaveText(
        /Open Opportunities\s+All[^]*\(9\)/i
    );
    expect(".o_telephony_sections_line").toHaveCount(2);
    expect(".o_telephony_sections_line:last .text-danger").toHaveText("Yesterday");
    expect(".o_telephony_sections_line:last .fst-italic").toHaveText("Wants it");
    await contains(".o_telephony_sections_line:first").click();
    await contains(".o_telephony_sections_more").click();
    expect.verifySteps(["open crm.lead 5", "open crm.lead all"]);
});

test("another customer has other sections, and no late answer replaces them", async () => {
    const slow = new Deferred();
    answers[7] = slow;
    answers[8] = [makeSection({ title: "Of Bea" })];
    await mountPage();
    await contains("[name=pick] input").edit("Bea");
    await animationFrame();
    expect.verifySteps(["customer 7 1", "customer 8 1"]);
    expect(".o_telephony_sections h2").toHaveText(/of bea/i);
    slow.resolve([makeSection()]);
    await animationFrame();
    expect(".o_telephony_sections h2").toHaveText(/of bea/i);
});

test("of a customer without anything it says so", async () => {
    await mountPage();
    expect(".o_telephony_sections").toHaveText(/Nothing is open/);
    expect.verifySteps(["customer 7 1"]);
});

test("nothing is asked without a customer, and a refusal shows nothing", async () => {
    await mountPage(2);
    expect(".o_telephony_sections").toHaveCount(0);
    expect.verifySteps([]);
});

test("a refusal is not in the way", async () => {
    onRpc("telephony.customer", "read_sections", () => {
        throw makeServerError({ type: "AccessError" });
    });
    await mountPage();
    expect(".o_telephony_sections").toHaveCount(0);
    await contains("[name=note] input").edit("She asks for");
    expect("[name=note] input").toHaveValue("She asks for");
});
