import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, xml } from "@odoo/owl";

const { Duration } = luxon;

/**
 * @param {number|false} seconds
 * @returns {string} as telephones show it: "2:03", "1:02:03"
 */
export function formatSeconds(seconds) {
    const total = Math.max(0, seconds || 0);
    return Duration.fromObject({ seconds: total }).toFormat(total < 3600 ? "m:ss" : "h:mm:ss");
}

/** Whole seconds, shown as minutes and seconds. */
export class TelephonyDurationField extends Component {
    static template = xml`<span t-out="formatted"/>`;
    static props = { ...standardFieldProps };

    get formatted() {
        return formatSeconds(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("telephony_duration", {
    component: TelephonyDurationField,
    displayName: _t("Duration in seconds"),
    supportedTypes: ["integer"],
});
registry.category("formatters").add("telephony_duration", formatSeconds);
