import {
    click,
    contains,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import {
    click as clickNow,
    manuallyDispatchProgrammaticEvent,
    queryFirst,
    waitFor,
} from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, markup, xml } from "@odoo/owl";
import { mountWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { HtmlViewer } from "@html_editor/components/html_viewer/html_viewer";
import {
    defineTelephonyModels,
    getTelephony,
    mockCalls,
    setupTelephony,
} from "./telephony_test_helpers";

defineTelephonyModels();
beforeEach(() => {
    setupTelephony();
    mockCalls();
});

const LINK = '<a href="tel:+33%206%2039980001" target="_blank">Call <b>us</b></a>';

class Card extends Component {
    static template = xml`
        <div class="card" t-on-click="() => this.open()">
            <a class="outside" href="tel:+33639980001"><span>Call</span></a>
            <a class="web" href="#elsewhere">Web</a>
            <p contenteditable="true"><a class="written" href="tel:+33639980001">Call</a></p>
        </div>`;
    static props = {};

    open() {
        expect.step("open");
    }
}

async function mountLinks(Child, props = {}) {
    await mountWithCleanup(Child, { props });
    await getTelephony().load();
    await animationFrame();
}

test("a link to a number calls it, and what it stands on stays closed", async () => {
    await mountLinks(Card);
    await clickNow(".outside span");
    await animationFrame();
    expect.verifySteps(["call tel:+33639980001"]);
});

test("other clicks and links are left alone", async () => {
    await mountLinks(Card);
    const link = queryFirst(".outside");
    link.addEventListener("click", (ev) => ev.preventDefault());
    await manuallyDispatchProgrammaticEvent(link, "click", { shiftKey: true });
    await clickNow(".web");
    await clickNow(".written");
    await animationFrame();
    expect.verifySteps(["open", "open", "open"]);
});

test("who has no extension keeps the plain link", async () => {
    setupTelephony({ phone: { can_call: false } });
    await mountLinks(Card);
    queryFirst(".outside").addEventListener("click", (ev) => ev.preventDefault());
    await clickNow(".outside span");
    await animationFrame();
    expect.verifySteps(["open"]);
});

for (const [name, config] of [
    ["a description", {}],
    ["a text in a frame of its own", { hasFullHtml: true }],
]) {
    test(`a number in ${name} is called by a click`, async () => {
        await mountLinks(HtmlViewer, { config: { value: markup(`<p>${LINK}</p>`), ...config } });
        const selector = config.hasFullHtml ? ":iframe a[href^='tel:'] b" : "a[href^='tel:'] b";
        await waitFor(selector);
        await clickNow(selector);
        await animationFrame();
        expect.verifySteps(["call tel:+33%206%2039980001"]);
    });
}

for (const message_type of ["comment", "email"]) {
    test(`a number in a message is called by a click (${message_type})`, async () => {
        const pyEnv = await startServer();
        pyEnv["mail.message"].create({
            author_id: serverState.partnerId,
            body: `<p>${LINK}</p>`,
            message_type,
            model: "res.partner",
            res_id: serverState.partnerId,
        });
        await start();
        await getTelephony().load();
        await openFormView("res.partner", serverState.partnerId, {
            arch: `<form><sheet/><chatter/></form>`,
        });
        if (message_type === "email") {
            await contains(".o-mail-Message-body > div");
            await waitFor(".o-mail-Message-body :shadow a b");
            await clickNow(".o-mail-Message-body :shadow a b");
        } else {
            await click(".o-mail-Message-body a b");
        }
        await animationFrame();
        expect.verifySteps(["call tel:+33%206%2039980001"]);
    });
}
