import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CallButton } from "@telephony_connector/components/call_button/call_button";

/**
 * The Call button of a record's page:
 * `<widget name="telephony_call_button" options="{'field': 'phone'}"/>`; with the option
 * `call_back` it is the page's primary button, *Call Back*.
 */
registry.category("view_widgets").add("telephony_call_button", {
    component: CallButton,
    extractProps: ({ options: { field = "phone", call_back } }) => ({
        class: `o_telephony_call_record btn text-nowrap btn-${call_back ? "primary" : "secondary"}`,
        field,
        label: call_back ? _t("Call Back") : undefined,
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
});
