import { Component, xml } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { PhonePresence } from "@telephony_connector/components/phone_presence/phone_presence";

/** The presence of the user that the record is, as it is now. */
export class TelephonyPresenceField extends Component {
    static template = xml`
        <PhonePresence t-if="props.record.resId" userId="props.record.resId" withText="props.withText" />
    `;
    static components = { PhonePresence };
    static props = { ...standardFieldProps, withText: { type: Boolean, optional: true } };
}

registry.category("fields").add("telephony_presence", {
    component: TelephonyPresenceField,
    displayName: _t("Telephone"),
    supportedTypes: ["selection"],
    supportedOptions: [{ label: _t("With text"), name: "with_text", type: "boolean" }],
    extractProps: ({ options }) => ({ withText: Boolean(options.with_text) }),
});
