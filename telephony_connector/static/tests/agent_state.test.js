import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { onRpc, serverState } from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, server, setupTelephony } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const AGENT = {
    in_queues: true,
    is_paused: false,
    reason: false,
    since: "2026-01-05 09:58:00",
    can_pause: true,
    reasons: [
        { id: 1, name: "Lunch" },
        { id: 2, name: "Meeting" },
    ],
    queues: [
        { id: 1, name: "sales", is_member: false, can_change: true },
        { id: 2, name: "support", is_member: true, can_change: false },
    ],
};
const OWN = ".o_telephony_agent";

beforeEach(() => {
    setupTelephony();
    mockDate("2026-01-05 10:00:00", +0);
    for (const method of ["pause", "resume", "log_in", "log_out"]) {
        onRpc("telephony.agent", method, ({ args }) => {
            expect.step([method, ...args].join(" "));
            return { command_id: false };
        });
    }
});

async function openPanel(agent) {
    server.phone.agent = agent;
    const pyEnv = await startServer();
    await start();
    await click(".o_telephony_menu button");
    await contains(".o_telephony_panel");
    return pyEnv;
}

test("a break begins with a reason, ends with one click, and shows at once", async () => {
    const pyEnv = await openPanel(AGENT);
    await contains(`${OWN}_text`, { text: "Ready for queue calls" });
    await click(".o_telephony_break");
    await contains(".o_telephony_reason", { count: 2 });
    await click(".o_telephony_reason", { text: "Lunch" });
    expect.verifySteps(["pause 1"]);
    server.phone.agent = { ...AGENT, is_paused: true, reason: "Lunch" };
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.agent/changed", {});
    await contains(`${OWN}_text`, { text: "On a break: Lunch" });
    await contains(OWN, { text: "2:00" });
    await click(".o_telephony_ready");
    expect.verifySteps(["resume"]);
});

test("a break begins at once where the company has no reasons", async () => {
    await openPanel({ ...AGENT, reasons: [] });
    await click(".o_telephony_break");
    expect.verifySteps(["pause"]);
});

test("queues are entered and left where the administrator allows it", async () => {
    const pyEnv = await openPanel(AGENT);
    await click(".o_telephony_queues");
    await contains(`${OWN} .form-switch`, { count: 2 });
    await contains("#o_telephony_queue_2:disabled:checked");
    await click("#o_telephony_queue_1");
    expect.verifySteps(["log_in 1"]);
    await contains("#o_telephony_queue_1:not(:checked)");
    const [sales, support] = AGENT.queues;
    server.phone.agent = { ...AGENT, queues: [{ ...sales, is_member: true }, support] };
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.agent/changed", {});
    await contains("#o_telephony_queue_1:checked");
    await click("#o_telephony_queue_1");
    expect.verifySteps(["log_out 1"]);
});

test("who is no agent sees nothing of queues", async () => {
    await openPanel(false);
    await contains(OWN, { count: 0 });
});
