import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { PhoneField } from "@web/views/fields/phone/phone_field";
import { CallButton } from "@telephony_connector/components/call_button/call_button";
import { splitNumbers } from "@telephony_connector/utils/phone_numbers";

// `form.phone` is a subclass and inherits all of this; its template is extended beside.
patch(PhoneField, {
    components: { ...PhoneField.components, CallButton },
});

patch(PhoneField.prototype, {
    setup() {
        super.setup();
        this.telephony = useService("telephony");
    },

    /** The numbers to call with the user's own phone; empty leaves the plain link. */
    get callableNumbers() {
        return this.telephony.callsByClick
            ? splitNumbers(this.props.record.data[this.props.name])
            : [];
    },

    getPhoneHref(number) {
        return "tel:" + number.replace(/\s+/g, "");
    },

    onCallClick(number) {
        return this.telephony.dialField(this.props.record, this.props.name, number);
    },
});
