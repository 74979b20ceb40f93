import { RecipientsPopover } from "@mail/core/web/recipients_popover";
import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";
import { click, contains, start, startServer } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { getMockEnv, mountWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, mockCalls, setupTelephony } from "./telephony_test_helpers";

const NUMBERS = "+33 6 39 98 00 01 | 01 99 00 12 34";
const CHOICES = [
    { number: "+33639980001", number_display: "+33 6 39 98 00 01" },
    { number: "+33199001234", number_display: "+33 1 99 00 12 34" },
];

defineTelephonyModels();
beforeEach(() => {
    setupTelephony();
    mockCalls({ [NUMBERS]: CHOICES });
});

async function mountCard(Card, id, props = {}) {
    const pyEnv = await startServer();
    pyEnv["res.partner"].write([serverState.partnerId], {
        phone: NUMBERS,
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
    test(`what ${name} shows is called by a click`, async () => {
        await mountCard(Card, id, props);
        await contains("a.o-mail-avatar-card-tel.o_telephony_call", { text: NUMBERS });
        await click("a.o_telephony_call");
        await contains(".o_telephony_number_choice", { text: "+33 1 99 00 12 34" });
        expect.verifySteps(["close", `call ${NUMBERS} res.partner ${serverState.partnerId} phone`]);
        await click(".o_telephony_number_choice", { text: "+33 1 99 00 12 34" });
        await contains(".o_telephony_number_choice", { count: 0 });
        expect.verifySteps([`call +33199001234 res.partner ${serverState.partnerId} phone`]);
    });
}

test("who has no extension keeps the card's plain link", async () => {
    setupTelephony({ phone: { can_call: false } });
    await mountCard(RecipientsPopover, serverState.partnerId, PROFILE);
    await contains(".o-mail-avatar-card-tel");
    expect("a.o_telephony_call").toHaveCount(0);
});
