import { describe, expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { openFromUrl } from "@telephony_connector/actions/open_from_url";
import { defineTelephonyModels } from "./telephony_test_helpers";

describe.current.tags("headless");
defineTelephonyModels();

const PAGE = { type: "ir.actions.act_window", res_model: "telephony.registration" };

function makeEnv() {
    const orm = {
        call(model, method, args) {
            expect.step(`${model} ${method} ${JSON.stringify(args)}`);
            return PAGE;
        },
    };
    return { services: { orm } };
}

test("the address's parameters reach the server as they are written", async () => {
    browser.history.pushState(
        {},
        "",
        "/odoo/telephony-call?number=%2B33639980001&uniqueid=1736.10&pbx=0010"
    );
    const action = await openFromUrl(makeEnv(), {});
    expect(action).toBe(PAGE);
    expect.verifySteps([
        "telephony.registration open_from_url " +
            '[{"number":"+33639980001","uniqueid":"1736.10","pbx":"0010"}]',
    ]);
});

test("an action carries its own parameters", async () => {
    browser.history.pushState({}, "", "/odoo/contacts?number=7");
    await openFromUrl(makeEnv(), { params: { number: "0639980001" } });
    expect.verifySteps(['telephony.registration open_from_url [{"number":"0639980001"}]']);
});
