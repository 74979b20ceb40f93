import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { PhoneField } from "@web/views/fields/phone/phone_field";
import { CallButton } from "@telephony_connector/components/call_button/call_button";
import { claimClick, mayHoldNumber } from "@telephony_connector/utils/phone_numbers";

// `form.phone` is a subclass and inherits all of this; its template is extended beside.
patch(PhoneField, {
    components: { ...PhoneField.components, CallButton },
});

patch(PhoneField.prototype, {
    setup() {
        super.setup();
        this.telephony = useService("telephony");
        this.dialer = useService("telephony.dialer");
    },

    /** Whether a click calls with the user's own phone; else it is the plain link. */
    get isCalledByClick() {
        return (
            this.telephony.callsByClick && mayHoldNumber(this.props.record.data[this.props.name])
        );
    },

    onPhoneClick(ev) {
        if (this.isCalledByClick && claimClick(ev)) {
            this.dialer.dialField(this.props.record, this.props.name);
        }
    },
});
