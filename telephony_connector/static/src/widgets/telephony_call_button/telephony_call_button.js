import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CallButton } from "@telephony_connector/components/call_button/call_button";

/**
 * The Call button of a record's page:
 * `<widget name="telephony_call_button" options="{'field': 'phone'}"/>`; with the option
 * `call_back` it is the first thing to do there, and says so.
 */
export class TelephonyCallButton extends Component {
    static template = "telephony_connector.TelephonyCallButton";
    static components = { CallButton };
    static props = {
        ...standardWidgetProps,
        field: String,
        isCallBack: { type: Boolean, optional: true },
    };

    get label() {
        return this.props.isCallBack ? _t("Call Back") : undefined;
    }
}

export const telephonyCallButton = {
    component: TelephonyCallButton,
    extractProps: ({ options }) => ({
        field: options.field || "phone",
        isCallBack: Boolean(options.call_back),
    }),
    fieldDependencies: ({ options }) => [{ name: options.field || "phone", type: "char" }],
    supportedOptions: [
        {
            label: _t("Phone Field"),
            name: "field",
            type: "field",
            availableTypes: ["char"],
        },
        { label: _t("Call Back"), name: "call_back", type: "boolean" },
    ],
};

registry.category("view_widgets").add("telephony_call_button", telephonyCallButton);
