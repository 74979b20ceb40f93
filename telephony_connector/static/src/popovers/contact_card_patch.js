import { RecipientsPopover } from "@mail/core/web/recipients_popover";
import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";

import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { PhonePresence } from "@telephony_connector/components/phone_presence/phone_presence";
import { splitNumbers } from "@telephony_connector/utils/phone_numbers";

/** Both cards show a partner, with one `phone`. */
const makeCallable = () => ({
    setup() {
        super.setup();
        this.telephony = useService("telephony");
        // Other addons' cards inherit from these, with components of their own.
        this.PhonePresence = PhonePresence;
    },

    /** The numbers to call with the user's own phone; empty leaves the plain link. */
    get callableNumbers() {
        return this.telephony.callsByClick ? splitNumbers(this.phone) : [];
    },

    /** Whose telephone the card tells of, if it is a user's card. */
    get telephonyUserId() {
        return this.user?.id ?? this.partner?.main_user_id?.id;
    },

    onCallClick(number) {
        const resId = this.partner.id;
        this.props.close();
        return this.telephony.dial({ number, model: "res.partner", resId, field: "phone" });
    },
});

patch(AvatarCardPopover.prototype, makeCallable());
patch(RecipientsPopover.prototype, makeCallable());
