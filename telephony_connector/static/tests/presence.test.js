import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";
import { contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    getMockEnv,
    getService,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";
import { CHANNEL } from "@telephony_connector/services/presence_service";
import { defineTelephonyModels, server, setupTelephony } from "./telephony_test_helpers";

defineTelephonyModels();

const PRESENCE = ".o_telephony_presence";

beforeEach(() => setupTelephony());

async function mountCard() {
    const pyEnv = await startServer();
    await start();
    await mountWithCleanup(AvatarCardPopover, {
        env: getMockEnv(),
        props: { id: serverState.userId, close: () => {} },
    });
    await contains(".o-mail-avatar-card-name");
    return pyEnv;
}

function publish(pyEnv, presences) {
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "res.users/telephony_presence", {
        presences,
    });
}

test("a user's card says what the user's telephone does, as it changes", async () => {
    server.presences = [[serverState.userId, "idle"]];
    const pyEnv = await mountCard();
    await contains(PRESENCE, { text: "Phone is free" });
    publish(pyEnv, [[serverState.userId, "in_use"]]);
    await contains(PRESENCE, { text: "On the phone" });
    publish(pyEnv, [[serverState.userId, false]]);
    await contains(PRESENCE, { count: 0 });
});

test("the bus is asked for those whom the user may see, anew once these change", async () => {
    server.presences = [[serverState.userId, "idle"]];
    const pyEnv = await startServer();
    await start();
    const bus = getService("bus_service");
    const { addChannel } = bus;
    patchWithCleanup(bus, {
        addChannel(channel) {
            if (channel === CHANNEL) {
                expect.step("asked");
            }
            return addChannel(channel);
        },
        forceUpdateChannels: () => expect.step("asked anew"),
    });
    await mountWithCleanup(AvatarCardPopover, {
        env: getMockEnv(),
        props: { id: serverState.userId, close: () => {} },
    });
    await contains(PRESENCE, { text: "Phone is free" });
    expect.verifySteps(["asked"]);
    server.presences = [[serverState.userId, "ringing"]];
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.presences/changed", {});
    await contains(PRESENCE, { text: "Phone rings" });
    expect.verifySteps(["asked anew", "asked"]);
});

test("a colleague without a telephone has no presence", async () => {
    server.presences = [[999, "idle"]];
    await mountCard();
    expect(PRESENCE).toHaveCount(0);
});

test("presences are read once, when something shows one", async () => {
    onRpc("res.users", "get_telephony_presences", () => {
        expect.step("read");
        return [[serverState.userId, "ringing"]];
    });
    await mountCard();
    await contains(PRESENCE, { text: "Phone rings" });
    await mountWithCleanup(AvatarCardPopover, {
        env: getMockEnv(),
        props: { id: serverState.userId, close: () => {} },
    });
    await contains(PRESENCE, { count: 2 });
    expect.verifySteps(["read"]);
});

test("after a break of the connection they are read again", async () => {
    server.presences = [[serverState.userId, "idle"]];
    await mountCard();
    await contains(PRESENCE, { text: "Phone is free" });
    server.presences = [[serverState.userId, "unavailable"]];
    getService("bus_service").trigger("BUS:RECONNECT");
    await contains(PRESENCE, { text: "Phone not reachable" });
});

test("who has no telephone asks for no presence", async () => {
    setupTelephony({ isUser: false });
    onRpc("res.users", "get_telephony_presences", () => expect.step("read"));
    await mountCard();
    await animationFrame();
    expect(PRESENCE).toHaveCount(0);
    expect.verifySteps([]);
});

test("lists of users show the presence", async () => {
    server.presences = [[serverState.userId, "in_use"]];
    await startServer();
    await start();
    await mountView({
        type: "list",
        resModel: "res.users",
        arch: `<list><field name="name"/><field name="telephony_presence" widget="telephony_presence"/></list>`,
        domain: [["id", "=", serverState.userId]],
    });
    await contains(`.o_data_row ${PRESENCE}[data-presence=in_use]`);
    expect(`${PRESENCE} i`).toHaveAttribute("aria-label", "On the phone");
});
