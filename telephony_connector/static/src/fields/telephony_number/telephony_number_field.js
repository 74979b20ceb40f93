import { Component, xml } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PhoneField, phoneField } from "@web/views/fields/phone/phone_field";
import { mayHoldNumber } from "@telephony_connector/utils/phone_numbers";

/** A call's number, which can be called; where it was withheld, the words that say so. */
export class TelephonyNumberField extends Component {
    static template = xml`
        <PhoneField t-if="isNumber" t-props="props" />
        <span t-else="" t-esc="text" />
    `;
    static components = { PhoneField };
    // Whatever other addons give to the field of a number.
    static props = ["*"];

    get text() {
        return this.props.record.data[this.props.name];
    }

    get isNumber() {
        return mayHoldNumber(this.text);
    }
}

registry.category("fields").add("telephony_number", {
    component: TelephonyNumberField,
    displayName: _t("Number of a Call"),
    supportedTypes: ["char"],
    extractProps: (fieldInfo, dynamicInfo) => phoneField.extractProps(fieldInfo, dynamicInfo),
});
