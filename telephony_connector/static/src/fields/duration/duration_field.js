import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, xml } from "@odoo/owl";

/**
 * @param {number|false} seconds
 * @returns {string} as telephones show it: "2:03", "1:02:03"
 */
export function formatSeconds(seconds) {
    const total = Math.max(0, Math.round(seconds || 0));
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)];
    const rest = two(total % 60);
    return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Whole seconds, shown as minutes and seconds. */
export class TelephonyDurationField extends Component {
    static template = xml`<span t-out="formatted"/>`;
    static props = { ...standardFieldProps };

    get formatted() {
        return formatSeconds(this.props.record.data[this.props.name]);
    }
}

export const telephonyDurationField = {
    component: TelephonyDurationField,
    displayName: _t("Duration in seconds"),
    supportedTypes: ["integer"],
};

registry.category("fields").add("telephony_duration", telephonyDurationField);
registry.category("formatters").add("telephony_duration", formatSeconds);
