import { RecipientsPopover } from "@mail/core/web/recipients_popover";
import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";
import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { getMockEnv, mountWithCleanup, onRpc, serverState } from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, setupTelephony } from "./telephony_test_helpers";

defineTelephonyModels();
beforeEach(() => {
    setupTelephony();
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(["call", ...Object.values(params)].join(" "));
        return { call_id: 1, command_id: false, expires_in: 0, number_display: params.number };
    });
});

async function mountCard(Card, id, props = {}) {
    const pyEnv = await startServer();
    pyEnv["res.partner"].write([serverState.partnerId], {
        phone: "+33 6 39 98 00 01 | 01 99 00 12 34",
    });
    await start();
    await mountWithCleanup(Card, {
        env: getMockEnv(),
        props: { id, close: () => expect.step("close"), ...props },
    });
}

const PROFILE = { viewProfileBtnOverride() {} };

for (const [name, Card, id, props] of [
    ["a user's card", AvatarCardPopover, serverState.userId, {}],
    ["a recipient's card", RecipientsPopover, serverState.partnerId, PROFILE],
]) {
    test(`each number of ${name} is called by a click`, async () => {
        await mountCard(Card, id, props);
        await contains("a.o_telephony_call", { count: 2 });
        expect(".o-mail-avatar-card-tel").toHaveCount(0);
        await click("a.o_telephony_call:last");
        expect.verifySteps([
            "close",
            `call 01 99 00 12 34 res.partner ${serverState.partnerId} phone`,
        ]);
    });
}

test("who has no extension keeps the card's plain link", async () => {
    setupTelephony({ phone: { can_call: false } });
    await mountCard(RecipientsPopover, serverState.partnerId, PROFILE);
    await contains(".o-mail-avatar-card-tel");
    expect("a.o_telephony_call").toHaveCount(0);
});
