import { RecipientsPopover } from "@mail/core/web/recipients_popover";
import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";

import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { PhonePresence } from "@telephony_connector/components/phone_presence/phone_presence";
import { claimClick, mayHoldNumber } from "@telephony_connector/utils/phone_numbers";

/** Both cards show a partner, with one `phone`. */
const makeCallable = () => ({
    setup() {
        super.setup();
        this.telephony = useService("telephony");
        this.dialer = useService("telephony.dialer");
        // Other addons' cards inherit from these, with components of their own.
        this.PhonePresence = PhonePresence;
    },

    /** Whether a click calls with the user's own phone; else it is the plain link. */
    get isCalledByClick() {
        return this.telephony.callsByClick && mayHoldNumber(this.phone);
    },

    /** Whose telephone the card tells of, if it is a user's card. */
    get telephonyUserId() {
        return this.user?.id ?? this.partner?.main_user_id?.id;
    },

    onPhoneClick(ev) {
        if (!this.isCalledByClick || !claimClick(ev)) {
            return;
        }
        const { partner, phone: number } = this;
        this.props.close();
        // Other addons' cards show numbers of other records.
        const isOwn = partner?.phone === number;
        const source = isOwn && { model: "res.partner", resId: partner.id, field: "phone" };
        this.dialer.dial({ number, ...source });
    },
});

patch(AvatarCardPopover.prototype, makeCallable());
patch(RecipientsPopover.prototype, makeCallable());
