import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { makeServerError, onRpc, serverState } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    getDialer,
    makeCard,
    makePayload,
    sendPayload,
    makePage,
    server,
    setupTelephony,
} from "./telephony_test_helpers";

defineTelephonyModels();
beforeEach(() => setupTelephony());

const ANSWER = {
    call_id: 3,
    command_id: 9,
    expires_in: 5,
    number_display: "+33 6 39 98 00 01",
    message: "Ringing your phone 1001",
};
const OUTGOING = { id: 3, revision: 0, direction: "outbound", progress: "own_phone" };

function sendAnswer(pyEnv, values) {
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.command/changed", {
        id: 9,
        call_id: 3,
        action: "dial",
        state: "done",
        code: false,
        message: "",
        ...values,
    });
}

test("dialing shows the own phone ringing", async () => {
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(JSON.stringify(params));
        return ANSWER;
    });
    server.cards[3] = makeCard({ ...OUTGOING, title: "Outgoing call: +33 6 39 98 00 01" });
    await startServer();
    await start();
    await getDialer().dial({
        number: "0639980001",
        model: "res.partner",
        resId: 7,
        field: "phone",
    });
    await contains(".o_telephony_card_status", { text: "Ringing your phone" });
    expect.verifySteps([
        '{"number":"0639980001","model":"res.partner","res_id":7,"field":"phone"}',
    ]);
});

test("a second click while the first one is on its way dials nothing", async () => {
    const answer = new Deferred();
    onRpc("/telephony/call", () => {
        expect.step("dial");
        return answer;
    });
    await startServer();
    await start();
    const dialer = getDialer();
    const first = dialer.dial({ number: "1" });
    expect(await dialer.dial({ number: "1" })).toBe(false);
    answer.resolve(ANSWER);
    expect(await first).toBe(true);
    expect.verifySteps(["dial"]);
});

test("a refused call says why on its card", async () => {
    onRpc("/telephony/call", () => ANSWER);
    server.cards[3] = makeCard(OUTGOING);
    const pyEnv = await startServer();
    await start();
    await getDialer().dial({ number: "1" });
    await contains(".o_telephony_card");
    sendAnswer(pyEnv, { state: "failed", message: "Your phone 1001 is not reachable" });
    await contains(".o_telephony_card_failed", { count: 1 });
    expect(".o_telephony_card_status").toHaveText("Your phone 1001 is not reachable");
    expect(".o_telephony_card_open").toHaveCount(0);
    await advanceTime(12000);
    await contains(".o_telephony_card", { count: 0 });
});

test("a failure whose card is gone comes as a notification", async () => {
    const pyEnv = await startServer();
    await start();
    sendAnswer(pyEnv, { state: "failed", message: "The telephone system refused" });
    await contains(".o_notification", { text: "The telephone system refused" });
});

test("a refused transfer does not mark its call as failed", async () => {
    const pyEnv = await startServer();
    await start();
    sendPayload(pyEnv, makePayload({ id: 3, state: "ongoing", leg_state: "ongoing" }));
    await contains(".o_telephony_bar_item");
    sendAnswer(pyEnv, { action: "transfer", state: "failed", message: "No such extension" });
    await contains(".o_notification", { text: "No such extension" });
    expect(".o_telephony_bar_item").toHaveCount(1);
    expect(".o_telephony_card_failed").toHaveCount(0);
});

test("when no answer comes the server is asked, until it knows", async () => {
    onRpc("/telephony/call", () => ANSWER);
    let state = "sent";
    onRpc("telephony.command", "check", ({ args }) => {
        expect.step(`check ${args[0]}`);
        return {
            id: 9,
            call_id: 3,
            action: "dial",
            state,
            message: state === "expired" ? "Too late" : "",
        };
    });
    server.cards[3] = makeCard(OUTGOING);
    await startServer();
    await start();
    await getDialer().dial({ number: "1" });
    await contains(".o_telephony_card");
    await advanceTime(5900);
    expect.verifySteps([]);
    await advanceTime(200);
    expect.verifySteps(["check 9"]);
    state = "expired";
    await advanceTime(1000);
    await contains(".o_telephony_card_status", { text: "Too late" });
    expect.verifySteps(["check 9"]);
});

test("an answer in time spares the question", async () => {
    onRpc("/telephony/call", () => ANSWER);
    onRpc("telephony.command", "check", () => expect.step("check"));
    server.cards[3] = makeCard(OUTGOING);
    const pyEnv = await startServer();
    await start();
    await getDialer().dial({ number: "1" });
    sendAnswer(pyEnv, {});
    // Something that shows when the answer has arrived.
    sendAnswer(pyEnv, { id: 10, call_id: 0, state: "failed", message: "Another" });
    await contains(".o_notification", { text: "Another" });
    await advanceTime(20000);
    expect.verifySteps([]);
});

test("what the server refuses is told in its words", async () => {
    onRpc("/telephony/call", () => {
        throw makeServerError({ message: "You have no extension yet." });
    });
    await startServer();
    await start();
    expect(await getDialer().dial({ number: "1" })).toBe(false);
    await contains(".o_notification", { text: "You have no extension yet." });
});

test("a softphone gets the number by a link, and the call's page opens at once", async () => {
    onRpc("/telephony/call", () => ({
        ...ANSWER,
        command_id: false,
        link: "tel:+33639980001",
        action: makePage(3),
    }));
    await startServer();
    await start();
    expect(await getDialer().dial({ number: "0639980001" })).toBe(true);
    await contains(".o_notification", { text: "Page of call 3" });
    // Beside the web client, out of the tests' own root.
    const getLink = () => document.querySelector("iframe.o_telephony_link");
    expect(getLink()).toHaveAttribute("src", "tel:+33639980001");
    expect(".o_telephony_card").toHaveCount(0);
    await advanceTime(2000);
    expect(getLink()).toBe(null);
});

test("a number not to call is dialed after a confirmation", async () => {
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(JSON.stringify(params));
        return params.confirmed ? ANSWER : { confirm: "On the list. Call it anyway?" };
    });
    server.cards[3] = makeCard({ ...OUTGOING, title: "Outgoing call: +33 6 39 98 00 01" });
    await startServer();
    await start();
    const dialer = getDialer();
    expect(await dialer.dial({ number: "1" })).toBe(false);
    await click(".modal .btn-secondary", { text: "Cancel" });
    await contains(".modal", { count: 0 });
    expect.verifySteps(['{"number":"1"}']);
    await dialer.dial({ number: "1" });
    await contains(".modal-body", { text: "On the list. Call it anyway?" });
    await click(".modal .btn-primary", { text: "Call Anyway" });
    await contains(".o_telephony_card_status", { text: "Ringing your phone" });
    expect.verifySteps(['{"number":"1"}', '{"number":"1","confirmed":true}']);
});
